using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>Frees the private memory of an address space whose owner is being killed, without ever sleeping (Linux: the oom reaper).</summary>
/// <remarks>
/// Once the first page was reaped, a private page that is not mapped may be one that held data. So no private page is faulted in any more: the access
/// ends in <see cref="FaultResult.BusError"/>, as behind Linux' <c>MMF_UNSTABLE</c>. The mark is set with the map sequence odd, so a fault in
/// flight either loads its page before the reaper locks the leaf, and the page goes with the others, or it starts over and finds the mark:
/// <code>
///   fault                                      reaper
///   s = map sequence; reaped? no
///   area = find(address)
///                                              sequence odd; reaped = true; sequence even
///   lock leaf; sequence != s: start over       bracket; lock leaf: nothing of the fault is there
///   reaped? yes: BusError
///   -- or --
///   lock leaf; sequence == s: load pte
///                                              sequence odd; reaped = true; even; bracket; lock leaf; clear what the fault loaded
/// </code>
/// </remarks>
public sealed partial class AddressSpace
{
    /// <summary>How often areas whose subscribers refuse are asked, unless a caller says otherwise.</summary>
    public const int DefaultReapAttempts = 4;

    /// <summary>Set once, with the map sequence odd.</summary>
    private bool _isReaped;

    /// <summary>
    /// Whether private pages may have been taken away by <see cref="TryReap"/>: then no private page is faulted in any more, and the address space cannot
    /// be forked.
    /// </summary>
    public bool IsReaped => Shared.Read(in _isReaped, this);

    /// <summary>
    /// Takes away the private pages of this address space, whose owner is being killed and will not need them, and frees their frames. Never
    /// sleeps: it only tries the map lock, and its brackets are not blockable. To be called from where memory is short, also by a thread that holds
    /// the map lock of another address space; not under a lock that frames are freed under.
    /// </summary>
    /// <param name="maxAttempts">How often at most an area is asked for whose subscribers refuse, or the map lock is tried; at least 1.</param>
    /// <returns>What was freed, and what was left.</returns>
    /// <remarks>
    /// What Linux' reaper leaves is left: shared memory, and frames that belong to nobody (<see cref="RemapFrames"/>). Locked areas are reaped, as since
    /// Linux 5.18. A refused area is left as it was, all of it: whoever had accepted its bracket has been told of the end. The areas themselves stay;
    /// what is faulted in afterwards ends in <see cref="FaultResult.BusError"/>, in areas that were refused too: only pages that are still mapped
    /// there can be used. Guards stay guards.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxAttempts"/> is not positive.</exception>
    public ReapResult TryReap(int maxAttempts = DefaultReapAttempts)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxAttempts);
        List<AddressRange> left = [AddressRange.All];
        ReapTally tally = default;
        bool isBusy = true;
        SharedSpin spin = default;
        for (int attempt = 0; attempt < maxAttempts && left.Count > 0; attempt++)
        {
            if (attempt > 0)
            {
                spin.Once();
            }

            if (TryReapRanges(ref left, ref tally))
            {
                isBusy = false;
            }
        }

        return new ReapResult(tally.ReapedPages, tally.PinnedPages, isBusy ? 0 : left.Count, isBusy);
    }

    /// <summary>One attempt at what earlier ones have left.</summary>
    /// <param name="ranges">The ranges to look at; on return the refused areas among them.</param>
    /// <param name="tally">Counts what was done.</param>
    /// <returns>False if somebody holds the map lock, perhaps the calling thread: nothing was looked at.</returns>
    private bool TryReapRanges(ref List<AddressRange> ranges, ref ReapTally tally)
    {
        if (_mapLock.IsHeldByCurrentThread || !_mapLock.TryEnter())
        {
            return false;
        }

        try
        {
            List<AddressRange> refused = [];
            foreach (AddressRange range in ranges)
            {
                foreach (Area area in AreasIn(range))
                {
                    bool isReapable = area.IsPrivate && !area.Has(AreaFlags.FrameMap);
                    if (isReapable && !TryReapArea(area, ref tally))
                    {
                        refused.Add(area.Range);
                    }
                }
            }

            ranges = refused;
            return true;
        }
        finally
        {
            _mapLock.Exit();
        }
    }

    /// <summary>Takes the pages of a private area away. The map lock is held.</summary>
    /// <returns>False if a subscriber would have had to sleep: nothing has changed.</returns>
    private bool TryReapArea(Area area, ref ReapTally tally)
    {
        if (_table.First(area.Range).IsNull)
        {
            return true;
        }

        FrameGather gather = FrameGather.Rent();
        InvalidationRange change = new(area.Range, InvalidationEvent.Clear, area);
        bool isOpen = TryBegin(HookSite.Reap, in change, out InvalidationScope bracket);
        if (isOpen)
        {
            using (bracket)
            {
                MarkReaped();
                ReapPages(area, gather, ref tally);
            }
        }

        gather.Free(Memory);
        return isOpen;
    }

    private void MarkReaped()
    {
        if (_isReaped)
        {
            return;
        }

        // No area changes, so nobody who follows areas is to be told.
        Shared.Add(ref _mapSequence, 1, this);
        Shared.Write(ref _isReaped, true, this);
        Shared.Add(ref _mapSequence, 1, this);
    }

    private void ReapPages(Area area, FrameGather gather, ref ReapTally tally)
    {
        for (LeafTable leaf = _table.First(area.Range); !leaf.IsNull; leaf = NextLeaf(leaf, area.Range))
        {
            AddressRange part = leaf.Range.Intersect(area.Range);
            leaf.Lock();
            if (leaf.IsHuge)
            {
                // The area has all of the huge page, so the bracket covers it.
                SplitLocked(leaf);
            }

            for (VirtualAddress page = part.Start; page < part.End && leaf.Used > 0; page += Page.SizeBytes)
            {
                ReapEntry(leaf, LeafTable.IndexOf(page), gather, ref tally);
            }

            FinishRevocation(leaf, part, HookSite.Reap);
        }
    }

    private void ReapEntry(LeafTable leaf, int index, FrameGather gather, ref ReapTally tally)
    {
        Pte pte = leaf.Read(index);
        if (!pte.HoldsFrame)
        {
            return;
        }

        if (IsPinned(pte))
        {
            tally.PinnedPages++;
            return;
        }

        ZapEntry(leaf, index, pte, Pte.None, gather);
        tally.ReapedPages += pte.IsSpecial ? 0 : 1;
    }
}
