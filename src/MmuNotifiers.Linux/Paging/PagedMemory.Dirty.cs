namespace MmuNotifiers.Linux;

/// <summary>Which pages were written: what a snapshot or a migration asks, again and again.</summary>
public sealed partial class PagedMemory
{
    private const int WordBits = 64;

    /// <summary>Whether pages that come in for a load are protected, so that the first store is seen. Guarded by the gate.</summary>
    private bool _tracksWrites;

    /// <summary>
    /// Tells which pages may have been written since the last call, and begins to watch anew: write-protects them, so that the next store to each is a
    /// fault. Subscribers are told (<see cref="InvalidationEvent.SoftDirty"/>). No store is ever missed; a page that was on its way out and came back may
    /// be told without one, and a pinned page that was written is told each time. The first call tells every page that was ever in memory.
    /// </summary>
    /// <param name="range">The pages, page aligned.</param>
    /// <param name="written">Receives one bit for each page, from the lowest of the first word on; the others are cleared.</param>
    /// <returns>How many pages.</returns>
    /// <exception cref="ArgumentException">The range is not page aligned or leaves the window, or the bitmap is too short.</exception>
    public long CollectDirty(AddressRange range, Span<ulong> written)
    {
        ThrowIfNotInside(range);
        int words = (int)((range.Pages + WordBits - 1) / WordBits);
        if (written.Length < words)
        {
            throw new ArgumentException($"The range {range} has 0x{range.Pages:x} pages, but the bitmap only 0x{written.Length:x} words.", nameof(written));
        }

        written[..words].Clear();
        if (range.IsEmpty || !TryEnterCall())
        {
            return 0;
        }

        try
        {
            long count = 0;
            int start = _pages.PageAt(range.Start);
            int end = start + (int)range.Pages;
            for (int page = start; page < end;)
            {
                int run = CollectRun(page, end, out bool isWritten);
                for (int i = page; isWritten && i < page + run; i++)
                {
                    written[(i - start) / WordBits] |= 1UL << ((i - start) % WordBits);
                }

                count += isWritten ? run : 0;
                page += run;
            }

            return count;
        }
        finally
        {
            ExitCall();
        }
    }

    /// <summary>Deals with the run of pages from one on that are all resident and writable, or with one page of another kind.</summary>
    /// <returns>How many pages.</returns>
    private int CollectRun(int first, int end, out bool isWritten)
    {
        int count = 0;
        lock (_gate)
        {
            _tracksWrites = true;
            while (_pages[first].IsBusy && !_isDisposed)
            {
                WaitLocked();
            }

            for (; first + count < end && IsWritableLocked(first + count); count++)
            {
                // Nobody evicts it or hands out a translation meanwhile; a fault marks it Wanted, and is woken at the end.
                _pages[first + count].State = PageState.Evicting;
            }

            if (count == 0)
            {
                ref PageEntry entry = ref _pages[first];
                isWritten = entry.Is(PageFlags.Written);
                if (entry.Pins == 0)
                {
                    entry.Clear(PageFlags.Written);
                }

                return 1;
            }
        }

        isWritten = true;
        AddressRange range = _pages.RangeOf(first, count);
        PageFlags gained = PageFlags.None;
        PageFlags given = PageFlags.None;
        try
        {
            using (_subscriptions.Invalidate(new InvalidationRange(range, InvalidationEvent.SoftDirty, _area, this)))
            {
                _backing.Faults.Protect(range);

                // Whatever a subscriber throws from here on, the pages are protected; but then the caller learns of none that it was written.
                gained = PageFlags.Protected;
                _subscriptions.FlushSecondaryTlbs(range);
            }

            given = PageFlags.Written;
        }
        finally
        {
            EndCollect(first, count, gained, given);
        }

        return count;
    }

    private bool IsWritableLocked(int page) => _pages[page] is { State: PageState.Resident, Pins: 0 } && !_pages[page].Is(PageFlags.Protected);

    private void EndCollect(int first, int count, PageFlags gained, PageFlags given)
    {
        lock (_gate)
        {
            for (int page = first; page < first + count; page++)
            {
                ref PageEntry entry = ref _pages[page];
                entry.State = PageState.Resident;
                entry.Set(gained);
                entry.Clear(given);
                WakeWantedLocked(ref entry, page);
            }

            WakeWaitersLocked();
        }
    }
}
