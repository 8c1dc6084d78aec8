using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MmuNotifiers.Lab.Traces.Format;

namespace MmuNotifiers.Lab.Traces;

/// <summary>
/// Writes a trace, event by event. To a file it writes beside the target and renames at the end: the target holds a complete trace or what it
/// held before. Not for use by several threads at once.
/// </summary>
public sealed class TraceWriter : IDisposable
{
    private const int BrotliQuality = 6;
    private const int BrotliWindowBits = 22;

    private readonly Stream _stream;
    private readonly string? _target;
    private readonly string? _temporary;
    private readonly EventEncoder _encoder = new();
    private readonly TraceTally _tally = new();
    private byte[] _packed = [];
    private int _eventsInBlock;
    private bool _completed;

    /// <summary>Writes to a stream, which stays open.</summary>
    /// <param name="stream">Where to write.</param>
    /// <param name="header">What stands at the head.</param>
    public TraceWriter(Stream stream, TraceHeader header)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(header);
        _stream = stream;
        WriteHeader(header);
    }

    private TraceWriter(FileStream stream, string target, string temporary, TraceHeader header)
        : this(stream, header)
    {
        _target = target;
        _temporary = temporary;
    }

    /// <summary>Begins a trace file. Nothing stands under its name until <see cref="Complete"/>.</summary>
    /// <param name="path">The file to make or to replace.</param>
    /// <param name="header">What stands at the head.</param>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    public static TraceWriter Create(string path, TraceHeader header)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(header);
        string temporary = $"{path}.{Environment.ProcessId}.partial";
        var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None);
        try
        {
            return new TraceWriter(stream, path, temporary, header);
        }
        catch
        {
            stream.Dispose();
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Appends an event.</summary>
    /// <param name="item">The event; its time is not before that of the event before, and a file that it names was introduced.</param>
    /// <exception cref="ArgumentException">The event breaks one of these rules.</exception>
    public void Write(TraceEvent item)
    {
        ArgumentNullException.ThrowIfNull(item);
        ObjectDisposedException.ThrowIf(_completed, this);
        _encoder.Encode(item);
        _tally.Count(item);
        _eventsInBlock++;
        if (_encoder.Output.Length >= TraceFormat.BlockTargetBytes)
        {
            WriteBlock();
        }
    }

    /// <summary>Writes the footer and, for a file, gives it its name.</summary>
    /// <returns>The footer: what was written.</returns>
    public TraceFooter Complete()
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        if (_eventsInBlock > 0)
        {
            WriteBlock();
        }

        TraceFooter footer = _tally.ToFooter();
        WriteFooter(footer);
        _completed = true;
        if (_target is not null)
        {
            _stream.Dispose();
            File.Move(_temporary!, _target, overwrite: true);
        }

        return footer;
    }

    /// <summary>Ends the writing. A file that was not completed is removed.</summary>
    public void Dispose()
    {
        if (_temporary is not null && !_completed)
        {
            _stream.Dispose();
            File.Delete(_temporary);
        }

        _completed = true;
    }

    private void WriteHeader(TraceHeader header)
    {
        byte[] json = ToJson(header, TraceJsonContext.Default.TraceHeader);
        byte[] part = new byte[TraceFormat.PreambleBytes + json.Length];
        TraceFormat.Magic.CopyTo(part);
        BinaryPrimitives.WriteUInt16LittleEndian(part.AsSpan(8), TraceFormat.Version);
        part[10] = TraceFormat.BrotliCompression;
        BinaryPrimitives.WriteInt32LittleEndian(part.AsSpan(12), json.Length);
        json.CopyTo(part, TraceFormat.PreambleBytes);
        WriteHashed(part, []);
    }

    private void WriteBlock()
    {
        ReadOnlySpan<byte> raw = _encoder.Output.Written;
        int most = BrotliEncoder.GetMaxCompressedLength(raw.Length);
        if (_packed.Length < most)
        {
            _packed = new byte[most];
        }

        if (!BrotliEncoder.TryCompress(raw, _packed, out int packedLength, BrotliQuality, BrotliWindowBits))
        {
            throw new InvalidOperationException($"Brotli refused a block of {raw.Length} bytes.");
        }

        Span<byte> head = stackalloc byte[TraceFormat.BlockHeadBytes];
        head[0] = TraceFormat.BlockMarker;
        BinaryPrimitives.WriteInt32LittleEndian(head[1..], raw.Length);
        BinaryPrimitives.WriteInt32LittleEndian(head[5..], packedLength);
        BinaryPrimitives.WriteInt32LittleEndian(head[9..], _eventsInBlock);
        WriteHashed(head, _packed.AsSpan(0, packedLength));
        _encoder.Output.Clear();
        _eventsInBlock = 0;
    }

    private void WriteFooter(TraceFooter footer)
    {
        byte[] json = ToJson(footer, TraceJsonContext.Default.TraceFooter);
        byte[] part = new byte[TraceFormat.FooterHeadBytes + json.Length];
        part[0] = TraceFormat.FooterMarker;
        BinaryPrimitives.WriteInt32LittleEndian(part.AsSpan(1), json.Length);
        json.CopyTo(part, TraceFormat.FooterHeadBytes);
        WriteHashed(part, []);
        _stream.Flush();
    }

    private void WriteHashed(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        var hash = new XxHash3();
        hash.Append(head);
        hash.Append(body);
        Span<byte> digest = stackalloc byte[TraceFormat.HashBytes];
        hash.GetCurrentHash(digest);
        _stream.Write(head);
        _stream.Write(body);
        _stream.Write(digest);
    }

    private static byte[] ToJson<T>(T value, JsonTypeInfo<T> type)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(value, type);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(json.Length, TraceFormat.JsonLimitBytes, nameof(value));
        return json;
    }
}
