namespace MmuNotifiers.Swap;

/// <summary>What stores do with transfers alike: the checks of wrong use, and outcomes.</summary>
internal static class SwapTransfers
{
    /// <summary>Refuses transfers that are wrong use: a slot that the store does not have, bytes that are not one page.</summary>
    internal static void ThrowIfWrong(ReadOnlySpan<SwapTransfer> transfers, long slotCount)
    {
        foreach (ref readonly SwapTransfer transfer in transfers)
        {
            ThrowIfOutOfRange(transfer.Slot, slotCount);
            if (transfer.Bytes.Length != Page.SizeBytes)
            {
                throw new ArgumentException($"The transfer of slot 0x{transfer.Slot:x} has 0x{transfer.Bytes.Length:x} bytes, not one page.", nameof(transfers));
            }
        }
    }

    /// <summary>Refuses slots that the store does not have.</summary>
    internal static void ThrowIfOutOfRange(ReadOnlySpan<long> slots, long slotCount)
    {
        foreach (long slot in slots)
        {
            ThrowIfOutOfRange(slot, slotCount);
        }
    }

    /// <summary>Ends a transfer well.</summary>
    internal static void Succeed(this ref SwapTransfer transfer) => transfer.End(SwapOutcome.Success, detail: null);

    /// <summary>Ends a transfer.</summary>
    internal static void End(this ref SwapTransfer transfer, SwapOutcome outcome, string? detail)
    {
        transfer.Outcome = outcome;
        transfer.Detail = detail;
    }

    private static void ThrowIfOutOfRange(long slot, long slotCount)
    {
        if ((ulong)slot >= (ulong)slotCount)
        {
            throw new ArgumentOutOfRangeException(nameof(slot), $"Slot 0x{slot:x} is not below the store's 0x{slotCount:x}.");
        }
    }
}
