namespace MmuNotifiers.Swap.Redis.Transfers;

/// <summary>Stores pages; what a write leaves behind is the same under each policy of acknowledgement.</summary>
internal abstract class PageWriter(
    SwapConnection connection, SlotTable slots, Budget budget, PageBuffers buffers, DiscardQueue discards, SwapCounters counters, TimeSpan timeout)
    : TransferRounds(connection, slots, counters, timeout)
{
    protected override void CountOutcome(SwapOutcome outcome)
    {
        if (outcome == SwapOutcome.Success)
        {
            Counters.Written();
        }
        else
        {
            Counters.Ended(outcome);
        }
    }

    /// <summary>The pages of a group as a message, once it may be sent; null when the deadline comes first.</summary>
    protected async ValueTask<PageMessage?> PrepareAsync(PageBatch group, CancellationToken deadline)
    {
        Budget.Permits? permits = await budget.AcquireAsync(group.Count, deadline).ConfigureAwait(false);
        if (permits is null)
        {
            return null;
        }

        Counters.Message();
        return new PageMessage(group, Connection, Slots, buffers, permits);
    }

    /// <summary>Records that pages are stored.</summary>
    protected void Succeed(PageBatch pages)
    {
        for (int index = 0; index < pages.Count; index++)
        {
            ref SwapTransfer transfer = ref pages[index];
            SlotState state = Slots[transfer.Slot];
            Slots[transfer.Slot] = state with { Generation = state.NextGeneration };
            transfer.Outcome = SwapOutcome.Success;
            transfer.Detail = null;
        }
    }

    /// <summary>
    /// Records that pages are not stored, or that nobody knows. A key that a command may still reach is abandoned:
    /// <code>
    /// write 7, no answer                         the server
    ///   sent on connection A ------------------&gt;   (hangs; A's bytes wait in its socket)
    ///   given up
    /// write 8 of the same slot
    ///   sent on connection B ------------------&gt;   stores 8
    ///   acknowledged                               reads on from A: stores 7 over it, were it the same key
    /// </code>
    /// Write 8 goes under the next incarnation's key, so that what arrives late is garbage under a key of its own.
    /// </summary>
    protected void Fail(PageBatch pages, in Fault fault)
    {
        for (int index = 0; index < pages.Count; index++)
        {
            ref SwapTransfer transfer = ref pages[index];
            SlotState state = Slots[transfer.Slot];
            Note(ref transfer, state.Incarnation, fault);
            if (fault.MayHaveRun)
            {
                Slots[transfer.Slot] = state.Abandoned();
                discards.AddUncertain(transfer.Slot, state.Incarnation);
            }
        }
    }
}
