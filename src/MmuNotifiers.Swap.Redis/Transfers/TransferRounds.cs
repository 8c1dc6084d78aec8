using System.Buffers;
using System.Globalization;

namespace MmuNotifiers.Swap.Redis.Transfers;

/// <summary>
/// One direction of transfer: sends pages, and sends those again that met a server which was away, moved or took over, until the store's time is up. Rounds,
/// not single retries: between two rounds the layout of the cluster is asked for anew, and the pages are grouped by where they lie then.
/// </summary>
internal abstract class TransferRounds(SwapConnection connection, SlotTable slots, SwapCounters counters, TimeSpan timeout)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);

    protected SwapConnection Connection { get; } = connection;

    protected SlotTable Slots { get; } = slots;

    protected SwapCounters Counters { get; } = counters;

    /// <summary>Transfers pages; each ends in its outcome.</summary>
    /// <exception cref="ArgumentException">A slot is out of range, is there twice, or a transfer is not one page.</exception>
    public async ValueTask RunAsync(Memory<SwapTransfer> transfers, CancellationToken cancellation)
    {
        if (transfers.IsEmpty)
        {
            return;
        }

        int[] places = ArrayPool<int>.Shared.Rent(transfers.Length);
        try
        {
            Order(transfers.Span, places.AsSpan(0, transfers.Length));
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            deadline.CancelAfter(timeout);
            await RunRoundsAsync(new PageBatch(transfers, places.AsMemory(0, transfers.Length)), places, deadline.Token).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(places);
        }

        CountOutcomes(transfers.Span);
    }

    /// <summary>
    /// Sends pages once. Returns when each has its outcome or is still pending with its detail saying why; at the latest at the deadline, and not touching
    /// the transfers afterwards.
    /// </summary>
    protected abstract Task SendAsync(PageBatch pages, int round, CancellationToken deadline);

    /// <summary>Notes what became of a page that was not transferred.</summary>
    protected void Note(ref SwapTransfer transfer, uint incarnation, in Fault fault)
    {
        transfer.Outcome = fault.Outcome;

        // What a server said in an earlier round tells more than that there was no time for another.
        if (fault != Fault.NoAnswer || transfer.Detail is null)
        {
            transfer.Detail = Describe(transfer.Slot, incarnation, fault.Message);
        }
    }

    /// <summary>What is wrong with a page's transfer, in one line that names server and key.</summary>
    protected string Describe(long slot, uint incarnation, string message)
    {
        byte[] key = Connection.Keys.Page(slot, incarnation);
        return $"redis {Connection.ServerOf(key)} key {Connection.Keys.PageName(slot, incarnation)}: {message}";
    }

    private async ValueTask RunRoundsAsync(PageBatch pages, int[] places, CancellationToken deadline)
    {
        long start = TimeProvider.System.GetTimestamp();
        for (int round = 0; ; round++)
        {
            await SendAsync(pages, round, deadline).ConfigureAwait(false);
            pages = new PageBatch(pages.Transfers, places.AsMemory(0, KeepPending(pages, places)));
            if (pages.Count == 0)
            {
                return;
            }

            if (deadline.IsCancellationRequested || !await PauseAsync(round, deadline).ConfigureAwait(false))
            {
                GiveUp(pages, TimeProvider.System.GetElapsedTime(start));
                return;
            }

            Counters.Retry(pages.Count);
        }
    }

    private void Order(Span<SwapTransfer> transfers, Span<int> places)
    {
        long previous = -1;
        bool ordered = true;
        for (int place = 0; place < transfers.Length; place++)
        {
            ref SwapTransfer transfer = ref transfers[place];
            ArgumentOutOfRangeException.ThrowIfNegative(transfer.Slot);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(transfer.Slot, Slots.SlotCount);
            if (transfer.Bytes.Length != PageFormat.PageBytes)
            {
                throw new ArgumentException($"The transfer of slot {transfer.Slot} has 0x{transfer.Bytes.Length:x} bytes, not 0x{PageFormat.PageBytes:x}.");
            }

            transfer.Outcome = SwapOutcome.Pending;
            transfer.Detail = null;
            places[place] = place;
            ordered &= transfer.Slot > previous;
            previous = transfer.Slot;
        }

        if (!ordered)
        {
            SortBySlot(transfers, places);
        }
    }

    private static void SortBySlot(Span<SwapTransfer> transfers, Span<int> places)
    {
        long[] keys = ArrayPool<long>.Shared.Rent(transfers.Length);
        try
        {
            Span<long> slots = keys.AsSpan(0, transfers.Length);
            for (int place = 0; place < transfers.Length; place++)
            {
                slots[place] = transfers[place].Slot;
            }

            slots.Sort(places);
            for (int place = 1; place < slots.Length; place++)
            {
                if (slots[place] == slots[place - 1])
                {
                    throw new ArgumentException($"Slot {slots[place]} is in the batch twice.");
                }
            }
        }
        finally
        {
            ArrayPool<long>.Shared.Return(keys);
        }
    }

    private static int KeepPending(PageBatch pages, int[] places)
    {
        int kept = 0;
        for (int index = 0; index < pages.Count; index++)
        {
            int place = pages.Places.Span[index];
            if (pages[index].Outcome == SwapOutcome.Pending)
            {
                places[kept++] = place;
            }
        }

        return kept;
    }

    /// <summary>Gives the servers time, more from round to round, and asks them how the cluster looks now.</summary>
    private async ValueTask<bool> PauseAsync(int round, CancellationToken deadline)
    {
        TimeSpan pause = TimeSpan.FromMilliseconds(Math.Min(LongestPause.TotalMilliseconds, 10 << Math.Min(round, 5)));
        await Task.Delay(pause, deadline).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Connection.RefreshAsync(deadline).ConfigureAwait(false);
        return !deadline.IsCancellationRequested;
    }

    private void GiveUp(PageBatch pages, TimeSpan after)
    {
        for (int index = 0; index < pages.Count; index++)
        {
            ref SwapTransfer transfer = ref pages[index];
            string detail = transfer.Detail ?? Describe(transfer.Slot, Slots[transfer.Slot].Incarnation, "there was no room among the bytes in flight");
            transfer.Outcome = SwapOutcome.Unavailable;
            transfer.Detail = string.Create(CultureInfo.InvariantCulture, $"{detail}; given up after {after.TotalSeconds:f1} s");
        }
    }

    private void CountOutcomes(ReadOnlySpan<SwapTransfer> transfers)
    {
        foreach (ref readonly SwapTransfer transfer in transfers)
        {
            CountOutcome(transfer.Outcome);
        }
    }

    /// <summary>Counts how a page's transfer ended.</summary>
    protected abstract void CountOutcome(SwapOutcome outcome);
}
