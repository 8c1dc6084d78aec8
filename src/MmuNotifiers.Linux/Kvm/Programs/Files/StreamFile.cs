using System.Buffers.Binary;

namespace MmuNotifiers.Linux.Kvm.Programs.Files;

/// <summary>A standard stream, which looks like a pipe to the program. The stream stays its owner's.</summary>
internal sealed class StreamFile(Stream stream) : OpenFile
{
    private const uint PipeMode = 0x1000 | 0x180;
    private const int ModeOffset = 24;
    private const int LinksOffset = 16;
    private const int BlockOffset = 56;

    /// <inheritdoc/>
    public override bool IsWritable => stream.CanWrite;

    /// <inheritdoc/>
    public override long Read(Span<byte> destination)
    {
        if (!stream.CanRead)
        {
            return -Errno.BadDescriptor;
        }

        try
        {
            return stream.Read(destination);
        }
        catch (IOException)
        {
            return -Errno.InputOutput;
        }
    }

    /// <inheritdoc/>
    public override long Write(ReadOnlySpan<byte> source)
    {
        if (!stream.CanWrite)
        {
            return -Errno.BadDescriptor;
        }

        try
        {
            stream.Write(source);
            stream.Flush();
            return source.Length;
        }
        catch (IOException)
        {
            return -Errno.BrokenPipe;
        }
    }

    /// <inheritdoc/>
    public override long Describe(Span<byte> stat)
    {
        stat[..StatBytes].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(stat[LinksOffset..], 1);
        BinaryPrimitives.WriteUInt32LittleEndian(stat[ModeOffset..], PipeMode);
        BinaryPrimitives.WriteUInt64LittleEndian(stat[BlockOffset..], Page.SizeBytes);
        return 0;
    }
}
