using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Replay;

/// <summary>What reclaim did in a pool up to a moment.</summary>
internal readonly record struct ReclaimTotals(long Evictions, long SwapIns)
{
    public static ReclaimTotals Of(PhysicalMemory memory)
    {
        ReclaimStatistics reclaim = memory.Reclaim?.Statistics ?? default;
        return new ReclaimTotals(
            reclaim.DirectEvictions + reclaim.BackgroundEvictions + reclaim.SpaceLimitEvictions, memory.SwapStatistics.SwapIns);
    }

    public static ReclaimTotals operator +(ReclaimTotals one, ReclaimTotals other) =>
        new(one.Evictions + other.Evictions, one.SwapIns + other.SwapIns);

    public static ReclaimTotals operator -(ReclaimTotals one, ReclaimTotals other) =>
        new(one.Evictions - other.Evictions, one.SwapIns - other.SwapIns);
}
