namespace MmuNotifiers.Lab.Traces;

/// <summary>How a text becomes a trace.</summary>
public sealed record TraceImportOptions
{
    /// <summary>The head of the trace, if more is known than the text tells; null makes one from the text.</summary>
    public TraceHeader? Header { get; init; }

    /// <summary>Asks for the size in bytes of a mapped file on the host of the recording; null where this is another host.</summary>
    public Func<string, ulong?>? SizeOfFile { get; init; }

    /// <summary>For texts with system calls only: of one new mapping at most so many pages are touched.</summary>
    public int TouchLimitPages { get; init; } = 1024;
}
