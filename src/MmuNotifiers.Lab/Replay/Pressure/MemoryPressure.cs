using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Replay;

/// <summary>How little memory a replay gets, and where pages go that do not fit.</summary>
/// <param name="FramePages">How many frames the replayed programs, with all files that they map, may use at once: at least 1.</param>
/// <param name="Swap">
/// Where evicted pages go; null for nowhere, so that only pages of files go. Has at least as many slots as the recording has pages. Stays the
/// caller's, who disposes it after the replay; two replays at once do not share one.
/// </param>
public sealed record MemoryPressure(long FramePages, ISwapStore? Swap)
{
    /// <summary>What the limit is compared with in the report: the recording's peak, see <see cref="TraceReplay.MeasurePeak"/>; null if it was not measured.</summary>
    public long? PeakPages { get; init; }

    /// <summary>Whether ageing asks the secondaries which pages their devices used, see <see cref="ReclaimOptions.AsksSecondaries"/>.</summary>
    public bool AsksSecondaries { get; init; } = true;
}
