namespace MmuNotifiers.Linux;

/// <summary>What the owner of the memory says of pages: not needed any more, or needed soon.</summary>
public sealed partial class PagedMemory
{
    /// <summary>
    /// Gives the pages of a range up, wherever they are: from now on they read as zeroes, lost pages included (MADV_DONTNEED; what a guest's balloon
    /// asks for). Subscribers are told. Pinned pages stay as they are.
    /// </summary>
    /// <returns>How many pages were given up that were in memory, in the store, or lost.</returns>
    /// <exception cref="ArgumentException">The range is not page aligned, or leaves the window.</exception>
    public long Discard(AddressRange range)
    {
        ThrowIfNotInside(range);
        if (range.IsEmpty || !TryEnterCall())
        {
            return 0;
        }

        try
        {
            long discarded = 0;
            int page = _pages.PageAt(range.Start);
            int end = page + (int)range.Pages;
            while (page < end)
            {
                int count = DiscardRun(page, end, ref discarded);
                page += count;
            }

            return discarded;
        }
        finally
        {
            ExitCall();
        }
    }

    /// <summary>
    /// Brings in what the store holds of a range (MADV_WILLNEED), up to half of the frames; on return all that it brought in was there together. Blocks
    /// until then.
    /// </summary>
    /// <returns>How many pages were brought in.</returns>
    /// <exception cref="ArgumentException">The range is not page aligned, or leaves the window.</exception>
    public long Prefetch(AddressRange range)
    {
        ThrowIfNotInside(range);
        if (range.IsEmpty || !TryEnterCall())
        {
            return 0;
        }

        SwapInBatch batch = RentSwapInBatch();
        int first = _pages.PageAt(range.Start);
        int page = first;
        try
        {
            long most = Math.Max(_frames.Count / 2, 1);
            long brought = 0;
            int end = first + (int)range.Pages;
            while (page < end && brought < most)
            {
                bool needsFrame;
                lock (_gate)
                {
                    page = AddSwappedLocked(batch, page, end, most - brought, out needsFrame);
                }

                if (batch.Count > 0)
                {
                    brought += batch.Count;
                    FetchBatch(batch);
                }
                else if (needsFrame && !TryMakeRoom())
                {
                    break;
                }
            }

            return brought;
        }
        finally
        {
            UnpinPrefetched(first, page);
            Return(batch);
            ExitCall();
        }
    }

    private void UnpinPrefetched(int first, int end)
    {
        lock (_gate)
        {
            for (int page = first; page < end; page++)
            {
                ref PageEntry entry = ref _pages[page];
                if (entry.Is(PageFlags.Prefetched))
                {
                    entry.Clear(PageFlags.Prefetched);
                    _pinnedPages -= --entry.Pins == 0 ? 1 : 0;
                }
            }
        }
    }

    /// <returns>The next page to look at.</returns>
    private int AddSwappedLocked(SwapInBatch batch, int page, int end, long most, out bool needsFrame)
    {
        needsFrame = false;
        for (; page < end && !batch.IsFull && batch.Count < most; page++)
        {
            ref PageEntry entry = ref _pages[page];
            if (entry.State != PageState.Swapped)
            {
                continue;
            }

            needsFrame = _frames.Free == 0;
            if (needsFrame)
            {
                break;
            }

            TakeFrameLocked(ref entry, page);
            entry.State = PageState.BeingRead;
            entry.Set(PageFlags.Prefetched);
            entry.Pins++;
            _pinnedPages++;
            batch.Add(page, entry.Slot, SwapInKind.Load);
        }

        return page;
    }

    /// <summary>Discards what can be discarded at once from a page on: a run of resident pages, or one page of any other kind.</summary>
    /// <returns>How many pages were dealt with.</returns>
    private int DiscardRun(int first, int end, ref long discarded)
    {
        int count = 0;
        lock (_gate)
        {
            while (_pages[first].IsBusy && !_isDisposed)
            {
                WaitLocked();
            }

            if (_isDisposed)
            {
                return end - first;
            }

            for (; first + count < end && IsDiscardableLocked(first + count); count++)
            {
                _pages[first + count].State = PageState.Evicting;
            }

            if (count == 0)
            {
                discarded += DiscardAbsentLocked(first) ? 1 : 0;
                return 1;
            }
        }

        AddressRange range = _pages.RangeOf(first, count);
        bool isDone = false;
        try
        {
            using (_subscriptions.Invalidate(new InvalidationRange(range, InvalidationEvent.Clear, _area, this)))
            {
                _backing.Discard(range);

                // Whatever a subscriber throws from here on, the pages are gone.
                isDone = true;
                _subscriptions.FlushSecondaryTlbs(range);
            }
        }
        finally
        {
            EndDiscard(first, count, isDone);
        }

        discarded += count;
        return count;
    }

    private bool IsDiscardableLocked(int page) => _pages[page] is { State: PageState.Resident, Pins: 0 };

    /// <returns>Whether there was something.</returns>
    private bool DiscardAbsentLocked(int page)
    {
        ref PageEntry entry = ref _pages[page];
        if (entry.State is not (PageState.Swapped or PageState.Lost))
        {
            return false;
        }

        if (entry.State == PageState.Lost)
        {
            _backing.Discard(_pages.RangeOf(page, 1));
        }

        GiveUpSlotLocked(ref entry);
        entry.State = PageState.NeverTouched;
        entry.Set(PageFlags.Written);
        WakeWantedLocked(ref entry, page);
        return true;
    }

    private void EndDiscard(int first, int count, bool isDone)
    {
        lock (_gate)
        {
            for (int page = first; page < first + count; page++)
            {
                ref PageEntry entry = ref _pages[page];
                entry.State = PageState.Resident;
                if (isDone)
                {
                    ReturnFrameLocked(ref entry, isEvicted: false);
                    GiveUpSlotLocked(ref entry);
                    entry.State = PageState.NeverTouched;
                    entry.Clear(PageFlags.Protected);
                    entry.Set(PageFlags.Written);
                }

                WakeWantedLocked(ref entry, page);
            }

            WakeWaitersLocked();
        }
    }

    private void WakeWantedLocked(ref PageEntry entry, int page)
    {
        if (entry.Is(PageFlags.Wanted))
        {
            entry.Clear(PageFlags.Wanted);
            _backing.Faults.Wake(_pages.RangeOf(page, 1));
        }
    }
}
