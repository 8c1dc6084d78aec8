using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace MmuNotifiers.Lab.Traces.Format;

/// <summary>Reads the parts of a trace file (<see cref="TraceFormat"/>) and checks lengths and hashes before anything is believed.</summary>
/// <param name="stream">Where to read.</param>
/// <param name="name">The name that errors show.</param>
internal sealed class TraceBlockReader(Stream stream, string name)
{
    /// <summary>The fewest bytes of an event: kind, thread, time.</summary>
    private const int EventLeastBytes = 3;

    private byte[] _buffer = new byte[1 << 16];
    private byte[] _raw = [];
    private long _offset;
    private long _partOffset;
    private bool _footerMarkerSeen;

    public Stream Stream => stream;

    public double Progress => stream.CanSeek && stream.Length > 0 ? (double)_offset / stream.Length : 0;

    /// <summary>An error at the part that was read last.</summary>
    public TraceFormatException Error(string problem, Exception? inner = null) => TraceFormatException.AtOffset(name, _partOffset, problem, inner);

    public TraceHeader ReadHeader()
    {
        ReadOnlySpan<byte> preamble = Fill(0, TraceFormat.PreambleBytes, "the head of a trace");
        if (!preamble[..8].SequenceEqual(TraceFormat.Magic))
        {
            throw Error("expected a trace, which begins with \"MMUTRACE\"");
        }

        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(preamble[8..]);
        if (version is < TraceFormat.OldestVersion or > TraceFormat.Version)
        {
            throw Error($"expected trace format version {TraceFormat.OldestVersion} to {TraceFormat.Version}, found {version}");
        }

        if (preamble[10] != TraceFormat.BrotliCompression || preamble[11] != 0)
        {
            throw Error($"expected compression 1 (Brotli) and a zero byte, found {preamble[10]} and {preamble[11]}");
        }

        int length = ReadLength(preamble[12..], TraceFormat.JsonLimitBytes, "header");
        return ReadJson(TraceFormat.PreambleBytes, length, "header", TraceJsonContext.Default.TraceHeader);
    }

    /// <summary>Reads the next block and checks its hash. The bytes hold until the next call.</summary>
    /// <returns>False if the footer comes next.</returns>
    public bool TryReadPacked(out ReadOnlyMemory<byte> packed, out BlockHead head)
    {
        packed = default;
        head = default;
        _partOffset = _offset;
        byte marker = Fill(0, 1, "a block or the footer")[0];
        if (marker == TraceFormat.FooterMarker)
        {
            _footerMarkerSeen = true;
            return false;
        }

        if (marker != TraceFormat.BlockMarker)
        {
            throw Error($"expected a block ('B') or the footer ('F'), found byte 0x{marker:x2}");
        }

        ReadOnlySpan<byte> rest = Fill(1, TraceFormat.BlockHeadBytes - 1, "the head of a block");
        int rawLength = ReadLength(rest, TraceFormat.BlockLimitBytes, "unpacked block");
        int packedLength = ReadLength(rest[4..], TraceFormat.BlockLimitBytes, "block");
        int events = ReadLength(rest[8..], rawLength / EventLeastBytes, "count of events");
        if (events == 0)
        {
            throw Error("expected a block with events in it");
        }

        FillHashed(TraceFormat.BlockHeadBytes, packedLength, "a block");
        packed = _buffer.AsMemory(TraceFormat.BlockHeadBytes, packedLength);
        head = new BlockHead(rawLength, packedLength, events);
        return true;
    }

    public ReadOnlyMemory<byte> Unpack(ReadOnlyMemory<byte> packed, BlockHead head)
    {
        if (_raw.Length < head.RawLength)
        {
            _raw = new byte[head.RawLength];
        }

        if (!BrotliDecoder.TryDecompress(packed.Span, _raw.AsSpan(0, head.RawLength), out int written) || written != head.RawLength)
        {
            throw Error($"expected a block that unpacks to {head.RawLength} bytes");
        }

        return _raw.AsMemory(0, head.RawLength);
    }

    /// <summary>Reads the footer, whose marker <see cref="TryReadPacked"/> has met, and sees to it that nothing follows.</summary>
    public TraceFooter ReadFooter()
    {
        if (!_footerMarkerSeen)
        {
            throw new InvalidOperationException("The footer is read after the last block.");
        }

        int length = ReadLength(Fill(1, TraceFormat.FooterHeadBytes - 1, "the footer"), TraceFormat.JsonLimitBytes, "footer");
        TraceFooter footer = ReadJson(TraceFormat.FooterHeadBytes, length, "footer", TraceJsonContext.Default.TraceFooter);
        if (stream.ReadByte() >= 0)
        {
            _partOffset = _offset;
            throw Error("expected the end of the file after the footer");
        }

        return footer;
    }

    private T ReadJson<T>(int headBytes, int length, string what, JsonTypeInfo<T> type)
    {
        ReadOnlySpan<byte> json = FillHashed(headBytes, length, "the " + what);
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw Error($"expected a {what} in JSON, found null");
        }
        catch (Exception problem) when (problem is JsonException or NotSupportedException)
        {
            throw Error($"expected a {what} in JSON: {problem.Message}", problem);
        }
    }

    private int ReadLength(ReadOnlySpan<byte> bytes, int limit, string what)
    {
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        return length <= (uint)limit ? (int)length : throw Error($"expected a {what} of at most {limit}, found {length}");
    }

    /// <summary>Reads a body and its hash behind the head that is in the buffer, and compares.</summary>
    private ReadOnlySpan<byte> FillHashed(int headBytes, int bodyBytes, string what)
    {
        Fill(headBytes, bodyBytes + TraceFormat.HashBytes, what);
        int hashed = headBytes + bodyBytes;
        Span<byte> digest = stackalloc byte[TraceFormat.HashBytes];
        XxHash3.Hash(_buffer.AsSpan(0, hashed), digest);
        if (!digest.SequenceEqual(_buffer.AsSpan(hashed, TraceFormat.HashBytes)))
        {
            throw Error($"expected {what} whose hash matches; it is corrupt");
        }

        return _buffer.AsSpan(headBytes, bodyBytes);
    }

    /// <summary>Reads exactly so many bytes to a place in the buffer.</summary>
    private Span<byte> Fill(int at, int count, string what)
    {
        if (_buffer.Length < at + count)
        {
            Array.Resize(ref _buffer, at + count);
        }

        Span<byte> target = _buffer.AsSpan(at, count);
        int read = stream.ReadAtLeast(target, count, throwOnEndOfStream: false);
        _offset += read;
        if (read < count)
        {
            throw TraceFormatException.AtOffset(name, _offset, $"expected {what}, but the file ends here: it is cut off");
        }

        return target;
    }
}
