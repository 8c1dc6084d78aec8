using System.Buffers.Binary;
using MmuNotifiers.Lab.Replay.Model;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Replay.Files;

/// <summary>
/// Bytes that stand for those of a recorded file, made from the file's number and their place: never the real ones. Eight bytes
/// at a multiple of eight differ from those of any other place and file, and their top four bits are zero (<see cref="Word"/>).
/// </summary>
internal sealed class SyntheticContent(int fileId, ulong sizeBytes) : IFileContent
{
    private const ulong WriterMask = 0x0fff_ffff_ffff_ffff;

    /// <summary>Pages that were punched out.</summary>
    private readonly HashSet<ulong> _punched = [];

    /// <inheritdoc/>
    public ulong SizeBytes { get; } = sizeBytes;

    /// <summary>The eight bytes at a multiple of eight, as a number; zero behind the end.</summary>
    public ulong WordAt(ulong offsetBytes)
    {
        if (offsetBytes >= SizeBytes || _punched.Contains(offsetBytes >> Page.Shift))
        {
            return 0;
        }

        ulong word = Mix(((ulong)fileId << 48) ^ offsetBytes) & WriterMask;
        ulong left = SizeBytes - offsetBytes;
        return left >= sizeof(ulong) ? word : word & ((1UL << (int)(left * 8)) - 1);
    }

    /// <inheritdoc/>
    /// <remarks>Pages are read whole; only the words that are looked at are made, the rest is zero.</remarks>
    public Errno Read(ulong offsetBytes, Span<byte> destination)
    {
        destination.Clear();
        for (int at = 0; at < destination.Length; at += Page.SizeBytes)
        {
            for (int slot = 0; slot < WordSlots.Count; slot++)
            {
                int place = at + (int)WordSlots.OffsetOf(slot);
                if (place + sizeof(ulong) <= destination.Length)
                {
                    BinaryPrimitives.WriteUInt64LittleEndian(destination[place..], WordAt(offsetBytes + (ulong)place));
                }
            }
        }

        return Errno.None;
    }

    /// <inheritdoc/>
    /// <remarks>What is written back stays in the page cache, which the replay never empties.</remarks>
    public Errno Write(ulong offsetBytes, ReadOnlySpan<byte> source) => Errno.None;

    /// <inheritdoc/>
    public Errno Resize(ulong bytes) => Errno.EPERM;

    /// <inheritdoc/>
    public Errno Zero(ulong offsetBytes, ulong endBytes)
    {
        for (ulong page = offsetBytes >> Page.Shift; page < Page.Count(endBytes); page++)
        {
            _punched.Add(page);
        }

        return Errno.None;
    }

    private static ulong Mix(ulong x)
    {
        x += 0x9e37_79b9_7f4a_7c15;
        x = (x ^ (x >> 30)) * 0xbf58_476d_1ce4_e5b9;
        x = (x ^ (x >> 27)) * 0x94d0_49bb_1331_11eb;
        return x ^ (x >> 31);
    }
}
