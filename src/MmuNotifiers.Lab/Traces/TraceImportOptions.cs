namespace MmuNotifiers.Lab.Traces;

/// <summary>How a text becomes a trace.</summary>
public sealed record TraceImportOptions
{
    /// <summary>The head of the trace, if more is known than the text tells; null makes one from the text.</summary>
    public TraceHeader? Header { get; init; }

    /// <summary>Asks for the size in bytes of a mapped file on the host of the recording; null where this is another host.</summary>
    public Func<string, ulong?>? SizeOfFile { get; init; }

    /// <summary>
    /// For texts with every access: memories of fewer frames than this are not told apart, so that accesses which make no difference to larger ones are left out;
    /// at least 1. docs/trace-format.md says what is lost.
    /// </summary>
    public int WindowPages { get; init; } = 64;

    /// <summary>Told the lines read so far, every million of a text with every access.</summary>
    public IProgress<long>? Progress { get; init; }

    /// <summary>For texts with system calls only: of one new mapping at most so many pages are touched.</summary>
    public int TouchLimitPages { get; init; } = 1024;
}
