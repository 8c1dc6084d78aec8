namespace MmuNotifiers.Swap;

/// <summary>What a <see cref="FaultInjectingSwapStore"/> did wrong so far, in pages; slow ones in batches.</summary>
/// <param name="FailedReads">Reads that ended as <see cref="SwapOutcome.IoError"/>.</param>
/// <param name="UnavailableReads">Reads that ended as <see cref="SwapOutcome.Unavailable"/>.</param>
/// <param name="FailedWrites">Writes that ended as <see cref="SwapOutcome.IoError"/>.</param>
/// <param name="FullWrites">Writes that ended as <see cref="SwapOutcome.NoSpace"/>.</param>
/// <param name="TornWrites">Writes that stored half a page.</param>
/// <param name="LostWrites">Writes that stored nothing.</param>
/// <param name="SlowTransfers">Batches that took longer.</param>
public readonly record struct SwapFaultStatistics(
    long FailedReads, long UnavailableReads, long FailedWrites, long FullWrites, long TornWrites, long LostWrites, long SlowTransfers);
