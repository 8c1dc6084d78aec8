using System.Collections.Immutable;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Reports;

/// <summary>How a replay with too little memory went. What the reading back at the end of each address space took is left out, but for the times.</summary>
public sealed record PressureReport
{
    /// <summary>How many frames there were.</summary>
    public required long FramePages { get; init; }

    /// <summary>The most frames in use at once in a replay without a limit; null if it was not measured.</summary>
    public long? PeakPages { get; init; }

    /// <summary>The name of the swap store; null without one.</summary>
    public string? Store { get; init; }

    /// <summary>What reclaim did, the reading back included.</summary>
    public required ReclaimStatistics Reclaim { get; init; }

    /// <summary>What went to the store and came from it, the reading back included.</summary>
    public required SwapStatistics Swap { get; init; }

    /// <summary>How long somebody waited for writes to the store, in milliseconds, the waits of several threads added up.</summary>
    public required double WriteMilliseconds { get; init; }

    /// <summary>How long somebody waited for reads from the store, in milliseconds, the waits of several threads added up.</summary>
    public required double ReadMilliseconds { get; init; }

    /// <summary>
    /// Recorded faults whose page reclaim had taken here, so that another kind of fault came of them, or none; they are among
    /// <see cref="ReplayReport.MatchedFaults"/>.
    /// </summary>
    public required long FaultsAfterReclaim { get; init; }

    /// <summary>How often all bytes of a page were compared.</summary>
    public required long PagesCompared { get; init; }

    /// <summary>Pages that were read and compared at the end of their address space, or of the replay.</summary>
    public required long PagesReadBack { get; init; }

    /// <summary>Those that could not be read, because the replay had ended early for want of memory or because of the store.</summary>
    public required long PagesNotReadBack { get; init; }

    /// <summary>Evictions that the reading back led to.</summary>
    public required long ReadBackEvictions { get; init; }

    /// <summary>Swap-ins that the reading back led to.</summary>
    public required long ReadBackSwapIns { get; init; }

    /// <summary>The latest transfers that the store refused, a line each. Nothing is lost by a write that fails.</summary>
    public ImmutableArray<string> StoreFailures { get; init; } = [];
}
