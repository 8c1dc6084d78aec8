using System.Diagnostics.CodeAnalysis;
using MmuNotifiers.Lab.Traces.Format;

namespace MmuNotifiers.Lab.Traces;

/// <summary>
/// Reads a trace from its start to its end, one block in memory at a time. Everything that is not a complete, unharmed trace ends in a
/// <see cref="TraceFormatException"/>, at the latest where the footer should be. Not for use by several threads at once.
/// </summary>
public sealed class TraceReader : IDisposable
{
    private readonly TraceBlockReader _blocks;
    private readonly EventDecoder _decoder = new();
    private readonly TraceTally _tally = new();
    private readonly Dictionary<int, TraceFile> _files = [];
    private readonly bool _ownsStream;
    private ReadOnlyMemory<byte> _block;
    private int _position;
    private int _eventsLeft;

    /// <summary>Reads from a stream, which stays open.</summary>
    /// <param name="stream">Where to read; it need not be seekable.</param>
    /// <param name="name">The name that errors show.</param>
    /// <exception cref="TraceFormatException">The stream does not begin with the head of a trace.</exception>
    public TraceReader(Stream stream, string name)
        : this(stream, name, ownsStream: false)
    {
    }

    private TraceReader(Stream stream, string name, bool ownsStream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        _ownsStream = ownsStream;
        _blocks = new TraceBlockReader(stream, name);
        Header = _blocks.ReadHeader();
    }

    /// <summary>What stands at the head.</summary>
    public TraceHeader Header { get; }

    /// <summary>What stands at the end; null until the last event was read.</summary>
    public TraceFooter? Footer { get; private set; }

    /// <summary>The files that were introduced so far, by their id.</summary>
    public IReadOnlyDictionary<int, TraceFile> Files => _files;

    /// <summary>How much of the file was read, from 0 to 1; 0 for a stream without a length.</summary>
    public double Progress => _blocks.Progress;

    /// <summary>Opens a trace file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="TraceFormatException">The file does not begin with the head of a trace.</exception>
    public static TraceReader Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16, FileOptions.SequentialScan);
        try
        {
            return new TraceReader(stream, path, ownsStream: true);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Reads header and footer and checks each block's hash, without decoding events.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Header and footer.</returns>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="TraceFormatException">The file is not a complete trace.</exception>
    public static (TraceHeader Header, TraceFooter Footer) ReadSummary(string path)
    {
        using TraceReader reader = Open(path);
        while (reader._blocks.TryReadPacked(out _, out _))
        {
        }

        return (reader.Header, reader._blocks.ReadFooter());
    }

    /// <summary>Reads the next event.</summary>
    /// <param name="item">The event.</param>
    /// <returns>False after the last event; then <see cref="Footer"/> is known.</returns>
    /// <exception cref="TraceFormatException">The trace is cut off or harmed.</exception>
    public bool TryRead([NotNullWhen(true)] out TraceEvent? item)
    {
        item = null;
        if (Footer is not null || (_eventsLeft == 0 && !TryNextBlock()))
        {
            return false;
        }

        item = Decode();
        _tally.Count(item);
        if (item is FileEvent introduced)
        {
            _files.Add(introduced.File.Id, introduced.File);
        }

        return true;
    }

    /// <summary>All events that are left, read as they are asked for.</summary>
    /// <exception cref="TraceFormatException">The trace is cut off or harmed.</exception>
    public IEnumerable<TraceEvent> ReadAll()
    {
        while (TryRead(out TraceEvent? item))
        {
            yield return item;
        }
    }

    /// <summary>Closes the file that <see cref="Open"/> opened.</summary>
    public void Dispose()
    {
        if (_ownsStream)
        {
            _blocks.Stream.Dispose();
        }
    }

    private bool TryNextBlock()
    {
        if (_blocks.TryReadPacked(out ReadOnlyMemory<byte> packed, out BlockHead head))
        {
            _block = _blocks.Unpack(packed, head);
            _position = 0;
            _eventsLeft = head.EventCount;
            return true;
        }

        TraceFooter footer = _blocks.ReadFooter();
        TraceFooter counted = _tally.ToFooter();
        if (footer != counted)
        {
            throw _blocks.Error($"the footer says {footer}, but {counted} was read");
        }

        Footer = footer;
        return false;
    }

    private TraceEvent Decode()
    {
        try
        {
            var input = new VarintReader(_block.Span) { Position = _position };
            TraceEvent item = _decoder.Decode(ref input);
            _position = input.Position;
            _eventsLeft--;
            if (_eventsLeft == 0 && input.Remaining != 0)
            {
                throw new MalformedEventException($"expected the end of the block, {input.Remaining} bytes are left");
            }

            return item;
        }
        catch (MalformedEventException problem)
        {
            throw _blocks.Error($"byte {_position} of the unpacked block: {problem.Message}");
        }
    }
}
