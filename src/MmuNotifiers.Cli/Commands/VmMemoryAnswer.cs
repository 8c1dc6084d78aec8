using System.Collections.Immutable;
using MmuNotifiers.Linux;

namespace MmuNotifiers.Cli.Commands;

/// <summary>How a guest's memory was paged. Pages unless said otherwise.</summary>
/// <param name="Pages">How many there are.</param>
/// <param name="Frames">How many were in memory at a time.</param>
/// <param name="Backing">What they are made of.</param>
/// <param name="MissingFaults">Faults that brought pages in.</param>
/// <param name="ProtectFaults">Stores to pages that the store had.</param>
/// <param name="ZeroFills">Pages that came as zeroes.</param>
/// <param name="SwapIns">Pages that came from the store because they were wanted.</param>
/// <param name="ReadAheads">Pages that came beside them.</param>
/// <param name="Evictions">Pages that went.</param>
/// <param name="Writes">Pages that were written to the store.</param>
/// <param name="FailedReads">Pages that the store did not give.</param>
/// <param name="FailedWrites">Pages that the store did not take.</param>
/// <param name="HandlingMedianMicroseconds">The time that half of the faults took here at most.</param>
/// <param name="Handling99Microseconds">The same for 99 of 100.</param>
/// <param name="Failures">The latest failures, a line each.</param>
internal sealed record VmMemoryAnswer(
    long Pages, long Frames, string Backing, long MissingFaults, long ProtectFaults, long ZeroFills, long SwapIns, long ReadAheads, long Evictions,
    long Writes, long FailedReads, long FailedWrites, double HandlingMedianMicroseconds, double Handling99Microseconds, ImmutableArray<string> Failures)
{
    /// <summary>Puts the answer together.</summary>
    public static VmMemoryAnswer Of(PagedMemory memory, VmMemory size)
    {
        PagedMemoryStatistics counts = memory.Statistics;
        return new VmMemoryAnswer(
            size.Pages, size.Frames, memory.Backing.ToString(), counts.MissingFaults, counts.ProtectFaults, counts.ZeroFills, counts.SwapIns,
            counts.ReadAheads, counts.Evictions, counts.Writes, counts.FailedReads, counts.FailedWrites, counts.HandlingMedian.TotalMicroseconds,
            counts.Handling99.TotalMicroseconds,
            [.. memory.Failures.Select(failure => $"{failure.Operation} at {failure.Page}: {failure.Outcome}: {failure.Detail}")]);
    }
}
