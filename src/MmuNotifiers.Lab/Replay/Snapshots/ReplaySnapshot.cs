using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Replay;

/// <summary>
/// One address space of a replay is saved to a file while the replay goes on. At the end the file is loaded into a pool of its own and compared
/// with what the contents oracle expected at that moment.
/// </summary>
/// <param name="Path">The file; replaced if there is one.</param>
public sealed record ReplaySnapshot(string Path)
{
    /// <summary>Behind how many events of the recording; null for just before the process's address space goes, or the recording ends.</summary>
    public int? AfterEvents { get; init; }

    /// <summary>
    /// Whose address space: the recorded number of the process; null for the process with the most events in the recording, of those that have an
    /// address space at the moment.
    /// </summary>
    public int? ProcessId { get; init; }
}
