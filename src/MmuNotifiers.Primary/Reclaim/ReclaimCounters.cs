using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>The counters behind <see cref="ReclaimStatistics"/>.</summary>
internal sealed class ReclaimCounters
{
    private readonly long[] _evictions = new long[Enum.GetValues<EvictionReason>().Length];
    private long _rescued;
    private long _walks;
    private long _directStalls;
    private long _residencyWaits;
    private long _backgroundWakeups;
    private long _failures;

    /// <summary>The counts as they are now.</summary>
    /// <param name="scanned">How many ptes were looked at.</param>
    internal ReclaimStatistics Read(long scanned) => new()
    {
        DirectEvictions = Shared.Read(in _evictions[(int)EvictionReason.Pressure], _evictions),
        BackgroundEvictions = Shared.Read(in _evictions[(int)EvictionReason.Background], _evictions),
        SpaceLimitEvictions = Shared.Read(in _evictions[(int)EvictionReason.SpaceLimit], _evictions),
        Scanned = scanned,
        Rescued = Shared.Read(in _rescued, this),
        Walks = Shared.Read(in _walks, this),
        DirectStalls = Shared.Read(in _directStalls, this),
        ResidencyWaits = Shared.Read(in _residencyWaits, this),
        BackgroundWakeups = Shared.Read(in _backgroundWakeups, this),
        Failures = Shared.Read(in _failures, this),
    };

    internal void AddEvictions(EvictionReason reason, int pages) => Shared.Add(ref _evictions[(int)reason], pages, _evictions);

    internal void AddRescued(int pages) => Shared.Add(ref _rescued, pages, this);

    internal void AddWalk() => Shared.Add(ref _walks, 1, this);

    internal void AddDirectStall() => Shared.Add(ref _directStalls, 1, this);

    internal void AddResidencyWait() => Shared.Add(ref _residencyWaits, 1, this);

    internal void AddBackgroundWakeup() => Shared.Add(ref _backgroundWakeups, 1, this);

    internal void AddFailure() => Shared.Add(ref _failures, 1, this);
}
