using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MmuNotifiers.Linux.Kvm.Programs.Files;

/// <summary>One of the devices that every program expects, served by the monitor itself: /dev/null, /dev/zero, /dev/urandom, /dev/random.</summary>
internal sealed class DeviceFile : OpenFile
{
    private const uint DeviceMode = 0x2000 | 0x1b6;
    private const int ModeOffset = 24;
    private const int LinksOffset = 16;
    private const int DeviceOffset = 40;
    private const int BlockOffset = 56;
    private const int MemoryDevices = 1 << 8;

    private readonly int _minor;

    private DeviceFile(int minor) => _minor = minor;

    /// <inheritdoc/>
    public override bool IsWritable => true;

    private bool IsNull => _minor == 3;

    private bool IsZero => _minor == 5;

    /// <summary>Opens a device by its path; null if it is none of these.</summary>
    public static DeviceFile? TryOpen(string path) => path switch
    {
        "/dev/null" => new DeviceFile(3),
        "/dev/zero" => new DeviceFile(5),
        "/dev/random" => new DeviceFile(8),
        "/dev/urandom" => new DeviceFile(9),
        _ => null,
    };

    /// <inheritdoc/>
    public override long Read(Span<byte> destination)
    {
        if (IsNull)
        {
            return 0;
        }

        if (IsZero)
        {
            destination.Clear();
        }
        else
        {
            RandomNumberGenerator.Fill(destination);
        }

        return destination.Length;
    }

    /// <inheritdoc/>
    public override long ReadAt(Span<byte> destination, long offset) => Read(destination);

    /// <inheritdoc/>
    public override long Write(ReadOnlySpan<byte> source) => source.Length;

    /// <inheritdoc/>
    public override long Seek(long offset, int origin) => 0;

    /// <inheritdoc/>
    public override long Describe(Span<byte> stat)
    {
        stat[..StatBytes].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(stat[LinksOffset..], 1);
        BinaryPrimitives.WriteUInt32LittleEndian(stat[ModeOffset..], DeviceMode);
        BinaryPrimitives.WriteUInt64LittleEndian(stat[DeviceOffset..], (ulong)(MemoryDevices | _minor));
        BinaryPrimitives.WriteUInt64LittleEndian(stat[BlockOffset..], Page.SizeBytes);
        return 0;
    }
}
