using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using MmuNotifiers.Lab.Traces.Format;

namespace MmuNotifiers.Lab.Tests.Traces;

/// <summary>Makes files whose hashes are right and whose contents are not, so that what stands behind the hashes is tested too.</summary>
internal static class TraceForger
{
    public const string PlainHeader = """{"origin":"Synthetic"}""";

    public const string EmptyFooter =
        """{"events":0,"pageFaults":0,"systemCalls":0,"lostEvents":0,"processes":0,"threads":0,"durationNanoseconds":0}""";

    public static byte[] Header(string json = PlainHeader, ushort version = TraceFormat.Version, byte compression = 1)
    {
        byte[] text = Encoding.UTF8.GetBytes(json);
        byte[] part = new byte[TraceFormat.PreambleBytes + text.Length];
        TraceFormat.Magic.CopyTo(part);
        BinaryPrimitives.WriteUInt16LittleEndian(part.AsSpan(8), version);
        part[10] = compression;
        BinaryPrimitives.WriteInt32LittleEndian(part.AsSpan(12), text.Length);
        text.CopyTo(part, TraceFormat.PreambleBytes);
        return Sealed(part);
    }

    public static byte[] Block(ReadOnlySpan<byte> raw, int events, int? claimedRawLength = null)
    {
        byte[] packed = new byte[BrotliEncoder.GetMaxCompressedLength(raw.Length)];
        BrotliEncoder.TryCompress(raw, packed, out int length, quality: 1, window: 18);
        byte[] part = new byte[TraceFormat.BlockHeadBytes + length];
        part[0] = TraceFormat.BlockMarker;
        BinaryPrimitives.WriteInt32LittleEndian(part.AsSpan(1), claimedRawLength ?? raw.Length);
        BinaryPrimitives.WriteInt32LittleEndian(part.AsSpan(5), length);
        BinaryPrimitives.WriteInt32LittleEndian(part.AsSpan(9), events);
        packed.AsSpan(0, length).CopyTo(part.AsSpan(TraceFormat.BlockHeadBytes));
        return Sealed(part);
    }

    public static byte[] Footer(string json = EmptyFooter)
    {
        byte[] text = Encoding.UTF8.GetBytes(json);
        byte[] part = new byte[TraceFormat.FooterHeadBytes + text.Length];
        part[0] = TraceFormat.FooterMarker;
        BinaryPrimitives.WriteInt32LittleEndian(part.AsSpan(1), text.Length);
        text.CopyTo(part, TraceFormat.FooterHeadBytes);
        return Sealed(part);
    }

    /// <summary>Takes a real file apart: the unpacked bytes of its first block and how many events they hold.</summary>
    public static (byte[] Raw, int Events) FirstBlock(string path)
    {
        using FileStream stream = File.OpenRead(path);
        var blocks = new TraceBlockReader(stream, path);
        blocks.ReadHeader();
        blocks.TryReadPacked(out ReadOnlyMemory<byte> packed, out BlockHead head);
        return (blocks.Unpack(packed, head).ToArray(), head.EventCount);
    }

    private static byte[] Sealed(byte[] part) => [.. part, .. XxHash3.Hash(part)];
}
