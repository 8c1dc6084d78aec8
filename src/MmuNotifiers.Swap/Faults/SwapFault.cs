namespace MmuNotifiers.Swap;

/// <summary>What a <see cref="FaultInjectingSwapStore"/> does wrong with a page.</summary>
internal enum SwapFault
{
    None = 0,
    FailedRead,
    UnavailableRead,
    FailedWrite,
    FullWrite,
    TornWrite,
    LostWrite,
    SlowTransfer,
}
