namespace MmuNotifiers.Linux.Recording;

/// <summary>What to record and how.</summary>
/// <param name="Command">The program and its arguments; at least the program.</param>
public sealed record RecordingOptions(IReadOnlyList<string> Command)
{
    /// <summary>The directory in which the command runs; null for the current one.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Where perf's own data goes until it is turned into text; null for the system's temporary directory.</summary>
    public string? TemporaryDirectory { get; init; }

    /// <summary>
    /// perf's buffer for each processor in pages, a power of two. A full buffer loses events. The default takes 32 MiB for each
    /// processor, less on machines with more than eight.
    /// </summary>
    public int BufferPages { get; init; } = DefaultBufferPages(Environment.ProcessorCount);

    /// <summary>True to leave transparent huge pages as the host has them; a recording then misses the faults that a huge page spares.</summary>
    public bool KeepHugePages { get; init; }

    internal static int DefaultBufferPages(int processors)
    {
        int pages = 8192;
        while (pages > 128 && (long)pages * processors > 65536)
        {
            pages /= 2;
        }

        return pages;
    }
}
