using MmuNotifiers.Lab.Replay.Files;
using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Lab.Replay;

/// <summary>A file of the recording, for a snapshot that maps it.</summary>
/// <param name="Backing">The replay's.</param>
/// <param name="Recorded">The recording's.</param>
/// <param name="SizeBytes">How long the replay made it.</param>
internal sealed record SavedFile(Backing Backing, TraceFile Recorded, ulong SizeBytes)
{
    /// <summary>By which the snapshot names it.</summary>
    public string Name { get; init; } = string.Empty;
}
