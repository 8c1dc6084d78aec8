namespace MmuNotifiers.Linux;

/// <summary>How a page becomes resident, whoever asks: the steps under the gate, and the fetch from the store outside it.</summary>
public sealed partial class PagedMemory
{
    /// <summary>One attempt to make a page resident.</summary>
    /// <param name="page">The page.</param>
    /// <param name="kind">What it is wanted for.</param>
    /// <param name="batch">Receives it if it must be read; there is room.</param>
    private FaultStep BringInLocked(int page, SwapInKind kind, SwapInBatch batch)
    {
        ref PageEntry entry = ref _pages[page];
        switch (entry.State)
        {
            case PageState.Resident:
                return FaultStep.Resident;
            case PageState.Evicting or PageState.BeingRead:
                return FaultStep.Busy;
            case PageState.Lost:
                return FaultStep.Lost;
            default:
                if (_frames.Free == 0)
                {
                    return FaultStep.NeedsFrame;
                }

                TakeFrameLocked(ref entry, page);
                if (entry.State == PageState.Swapped)
                {
                    entry.State = PageState.BeingRead;
                    batch.Add(page, entry.Slot, kind);
                    return FaultStep.MustBeRead;
                }

                if (!TryFillLocked(ref entry, page, _zeroes.Address, isProtected: _tracksWrites && kind != SwapInKind.Store))
                {
                    ReturnFrameLocked(ref entry, isEvicted: true);
                    return FaultStep.NoMemory;
                }

                _counters.ZeroFills++;
                return FaultStep.Resident;
        }
    }

    /// <summary>Reads the pages of a batch and makes them resident. Blocks; without the gate.</summary>
    /// <returns>The worst outcome of those that somebody waits for.</returns>
    private SwapOutcome FetchBatch(SwapInBatch batch)
    {
        batch.Read(_options.Swap);
        SwapOutcome worst = SwapOutcome.Success;
        lock (_gate)
        {
            for (int i = 0; i < batch.Count; i++)
            {
                ref readonly SwapTransfer transfer = ref batch.TransferOf(i);
                SwapOutcome outcome = transfer.Outcome;
                if (outcome == SwapOutcome.Success && TryArriveLocked(batch.PageOf(i), batch.KindOf(i), batch.BytesOf(i)))
                {
                    continue;
                }

                string? detail = transfer.Detail;
                if (outcome == SwapOutcome.Success)
                {
                    outcome = SwapOutcome.Unavailable;
                    detail = "the kernel has no memory for the page";
                }

                FailLocked(batch.PageOf(i), batch.KindOf(i), outcome, detail ?? $"slot {transfer.Slot} of {_options.Swap.Name}");
                worst = batch.KindOf(i) == SwapInKind.Ahead ? worst : outcome;
            }

            WakeWaitersLocked();
        }

        TellLoaded(batch);
        batch.Clear();
        return worst;
    }

    /// <summary>Adds what is worth reading along to a batch with one page that somebody waits for.</summary>
    private void AddAheadLocked(SwapInBatch batch, int page)
    {
        int reach = Math.Min(_streams.Reach(page), _pages.Pages - 1 - page);
        int taken = 0;
        while (taken < reach && !batch.IsFull && _frames.Free > 0)
        {
            int next = page + 1 + taken;
            ref PageEntry entry = ref _pages[next];
            if (entry.State != PageState.Swapped)
            {
                break;
            }

            TakeFrameLocked(ref entry, next);
            entry.State = PageState.BeingRead;
            batch.Add(next, entry.Slot, SwapInKind.Ahead);
            taken++;
        }

        _streams.Took(page, taken);
    }

    /// <summary>A page that was read goes into the window.</summary>
    /// <returns>False if the kernel has no memory for it.</returns>
    private bool TryArriveLocked(int page, SwapInKind kind, nint bytes)
    {
        ref PageEntry entry = ref _pages[page];
        FrameNumber frame = new((ulong)entry.Frame);
        bool staysClean = kind != SwapInKind.Store && _options.KeepsCleanPages;
        if (!TryFillLocked(ref entry, page, bytes, staysClean || (_tracksWrites && kind != SwapInKind.Store)))
        {
            return false;
        }

        if (!staysClean)
        {
            GiveUpSlotLocked(ref entry);
        }

        if (kind == SwapInKind.Ahead)
        {
            _counters.ReadAheads++;
            _policy.ReadAhead(frame);
        }
        else
        {
            _counters.SwapIns++;
            _policy.Return(frame, IdentityOf(page));
        }

        return true;
    }

    /// <summary>A page could not be read.</summary>
    private void FailLocked(int page, SwapInKind kind, SwapOutcome outcome, string detail)
    {
        ref PageEntry entry = ref _pages[page];
        _counters.FailedReads++;
        _counters.Report(new PagedMemoryFailure("read from swap", _pages.AddressOf(page), outcome, detail));
        ReturnFrameLocked(ref entry, isEvicted: true);
        bool mayComeBack = outcome == SwapOutcome.Unavailable || kind == SwapInKind.Ahead;
        entry.State = mayComeBack ? PageState.Swapped : PageState.Lost;
        if (mayComeBack)
        {
            RetryWantedLocked(ref entry, page);
            return;
        }

        GiveUpSlotLocked(ref entry);
        PoisonLocked(ref entry, page);
    }

    /// <summary>
    /// Sees to it that a fault which waits for a page is tried again. The handlers look at parked faults only after a message or a park of their own, so a
    /// caller's thread does not park: it lets the thread that waits fault anew.
    /// </summary>
    /// <remarks>
    /// <code>
    ///   caller                       native thread     handler
    ///   gate: BeingRead
    ///                                faults, waits
    ///                                                  gate: BeingRead, so Wanted; waits for messages, however long it takes
    ///   gate: not read, so Swapped;
    ///   wakes
    ///                                faults anew
    ///                                                  gate: Swapped, so reads it; parks if that fails
    /// </code>
    /// </remarks>
    private void RetryWantedLocked(ref PageEntry entry, int page)
    {
        if (!entry.Is(PageFlags.Wanted))
        {
            return;
        }

        if (_handler.IsCurrentThread)
        {
            ParkLocked(ref entry, page);
        }
        else
        {
            WakeWantedLocked(ref entry, page);
        }
    }

    /// <summary>Lets accesses to a lost page end in SIGBUS, where the kernel can and nobody watches.</summary>
    private void PoisonLocked(ref PageEntry entry, int page)
    {
        if (TellLostLocked(page) || (_backing.Faults.Features & UserfaultFeatures.Poison) == 0)
        {
            return;
        }

        // A page of shared memory that was protected when it left has left a mark of it, which is in the way.
        if (!_backing.Faults.TryPoison(_pages.AddressOf(page)))
        {
            _backing.Faults.Unprotect(_pages.RangeOf(page, 1));
            if (!_backing.Faults.TryPoison(_pages.AddressOf(page)))
            {
                _backing.Faults.Wake(_pages.RangeOf(page, 1));
            }
        }

        entry.Clear(PageFlags.Wanted);
    }

    /// <summary>Puts bytes into the window; wakes who waits for them.</summary>
    /// <returns>False if the kernel has no memory: then nothing has changed.</returns>
    private bool TryFillLocked(ref PageEntry entry, int page, nint bytes, bool isProtected)
    {
        CopyResult result = _backing.Faults.Copy(_pages.AddressOf(page), bytes, isProtected);
        if (result == CopyResult.NoMemory)
        {
            return false;
        }

        if (result == CopyResult.Exists)
        {
            // Somebody else filled it past this library; whoever waits finds that. A mark of protection that a page of shared memory left behind when it
            // went is on that page now, and this table does not know of it: it goes, or each store would wait again and again.
            isProtected = false;
            GiveUpSlotLocked(ref entry);
            _backing.Faults.Unprotect(_pages.RangeOf(page, 1));
        }

        entry.State = PageState.Resident;
        entry.Clear(PageFlags.Wanted | PageFlags.Protected);
        entry.Set(isProtected ? PageFlags.Protected : PageFlags.Written);
        _residency.Note(new FrameNumber((ulong)entry.Frame));
        return true;
    }

    /// <summary>Lets stores to a resident page through: it is dirty from now on.</summary>
    private void UnprotectLocked(ref PageEntry entry, int page)
    {
        AddressRange range = _pages.RangeOf(page, 1);
        if (_options.Mutation != PagingMutation.KeepsSlotOfWrittenPage)
        {
            GiveUpSlotLocked(ref entry);
            entry.Clear(PageFlags.Protected);
        }

        entry.Set(PageFlags.Written);
        _backing.Faults.Unprotect(range);

        // Rights grew: a cache over the window's own table may hold the lesser ones.
        _subscriptions.FlushSecondaryTlbs(range);
    }

    private void TakeFrameLocked(ref PageEntry entry, int page)
    {
        entry.Frame = _frames.Take(page, out bool isNew);
        if (isNew)
        {
            _policy.Fill(1);
        }

        _policy.Arrive(new FrameNumber((ulong)entry.Frame));
    }

    private void ReturnFrameLocked(ref PageEntry entry, bool isEvicted)
    {
        _policy.Leave(new FrameNumber((ulong)entry.Frame));
        _frames.Return(entry.Frame, isEvicted);
        entry.Frame = -1;
    }

    private void GiveUpSlotLocked(ref PageEntry entry)
    {
        if (entry.HasSlot)
        {
            _slots.GiveUp(entry.Slot);
            entry.ForgetSlot();
        }
    }

    /// <summary>By what the choice of victims knows a page that left: not 0.</summary>
    private static ulong IdentityOf(int page) => (ulong)page + 1;

    /// <summary>Waits until a page that another thread has is no longer on its way, or something else changed.</summary>
    private void WaitLocked()
    {
        _waiters++;
        Monitor.Wait(_gate);
        _waiters--;
    }

    private void WakeWaitersLocked()
    {
        if (_waiters > 0)
        {
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Tells those who prefetch of what was loaded.</summary>
    private void TellLoaded(SwapInBatch batch)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            if (batch.TransferOf(i).Outcome == SwapOutcome.Success)
            {
                _subscriptions.UpdateRange(_pages.RangeOf(batch.PageOf(i), 1), AccessRights.ReadWrite);
            }
        }
    }
}
