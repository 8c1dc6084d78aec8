using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace MmuNotifiers.Linux;

/// <summary>How faults of native code are served, on a thread of the handler.</summary>
public sealed partial class PagedMemory
{
    /// <summary>Pages whose faults are to be tried again. Guarded by the gate.</summary>
    private readonly Queue<int> _parked = new();

    /// <summary>How many faults are to be tried again.</summary>
    internal int ParkedFaults
    {
        get
        {
            lock (_gate)
            {
                return _parked.Count;
            }
        }
    }

    /// <summary>Serves faults that were reported. On return each is served, or somebody else will wake its thread, or it is parked.</summary>
    internal void Serve(ReadOnlySpan<UserfaultMessage> messages)
    {
        long began = Stopwatch.GetTimestamp();
        SwapInBatch batch = RentSwapInBatch();
        Exception? thrown = null;
        foreach (ref readonly UserfaultMessage message in messages)
        {
            if (message.IsFault)
            {
                thrown = ServeOrPark(_pages.PageAt(message.Address), message.Flags, batch) ?? thrown;
            }
        }

        if (batch.Count > 0)
        {
            FetchBatch(batch);
        }

        Return(batch);
        _counters.Handling.Add(Stopwatch.GetTimestamp() - began, messages.Length);
        if (thrown is not null)
        {
            ExceptionDispatchInfo.Throw(thrown);
        }
    }

    /// <summary>Tries the faults again that could not be served.</summary>
    internal void ServeParked()
    {
        SwapInBatch batch = RentSwapInBatch();
        Exception? thrown = null;
        for (int count = ParkedFaults; count > 0 && TryUnpark(out int page); count--)
        {
            thrown = ServeOrPark(page, UserfaultFlags.None, batch) ?? thrown;
            if (batch.Count > 0)
            {
                FetchBatch(batch);
            }
        }

        Return(batch);
        if (thrown is not null)
        {
            ExceptionDispatchInfo.Throw(thrown);
        }
    }

    /// <summary>Reports that a fault could not be served, though nothing the store did is to blame; its thread waits on.</summary>
    internal void ReportUnserved(Exception exception) =>
        _counters.Report(new PagedMemoryFailure("serve a fault", VirtualAddress.Zero, SwapOutcome.Pending, exception.Message));

    /// <returns>What a subscriber's callback threw: then the fault is parked.</returns>
    private Exception? ServeOrPark(int page, UserfaultFlags flags, SwapInBatch batch)
    {
        try
        {
            ServeFault(page, flags, batch);
            return null;
        }
#pragma warning disable CA1031 // Whatever it is, the thread that faulted must not be forgotten; the exception passes on once all faults were seen to.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            lock (_gate)
            {
                ParkLocked(ref _pages[page], page);
            }

            return exception;
        }
    }

    private void ServeFault(int page, UserfaultFlags flags, SwapInBatch batch)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_isDisposed || ServeLocked(page, flags, batch))
                {
                    return;
                }
            }

            // No page may be on its way in this thread while it opens brackets and waits.
            if (batch.Count > 0)
            {
                FetchBatch(batch);
            }

            if (!TryMakeRoom())
            {
                lock (_gate)
                {
                    _counters.StarvedFaults++;
                    ParkLocked(ref _pages[page], page);
                    return;
                }
            }
        }
    }

    /// <returns>False if a frame is needed first.</returns>
    private bool ServeLocked(int page, UserfaultFlags flags, SwapInBatch batch)
    {
        ref PageEntry entry = ref _pages[page];
        bool isProtectFault = (flags & UserfaultFlags.WriteProtect) != 0;
        if (entry.State == PageState.Resident)
        {
            ServeResidentLocked(ref entry, page, isProtectFault);
            return true;
        }

        SwapInKind kind = (flags & UserfaultFlags.Write) != 0 ? SwapInKind.Store : SwapInKind.Load;
        switch (BringInLocked(page, kind, batch))
        {
            case FaultStep.NeedsFrame:
                return false;
            case FaultStep.Resident:
                _counters.MissingFaults++;
                return true;
            case FaultStep.MustBeRead:
                _counters.MissingFaults++;
                entry.Set(PageFlags.Wanted);
                AddAheadLocked(batch, page);
                return true;
            case FaultStep.NoMemory:
                _counters.StarvedFaults++;
                ParkLocked(ref entry, page);
                return true;
            case FaultStep.Lost:
                entry.Set(PageFlags.Wanted);
                PoisonLocked(ref entry, page);
                return true;
            default:
                _counters.DeferredFaults++;
                entry.Set(PageFlags.Wanted);
                return true;
        }
    }

    private void ServeResidentLocked(ref PageEntry entry, int page, bool isProtectFault)
    {
        if (isProtectFault && entry.Is(PageFlags.Protected))
        {
            _counters.ProtectFaults++;
            UnprotectLocked(ref entry, page);
            return;
        }

        _counters.DuplicateFaults++;
        if (isProtectFault)
        {
            // Nobody waits for stores here any more: a mark that is left all the same must not hold the thread up for ever.
            _backing.Faults.Unprotect(_pages.RangeOf(page, 1));
            return;
        }

        if (_backing.Faults.Copy(_pages.AddressOf(page), _zeroes.Address, isProtected: false) != CopyResult.Filled)
        {
            _backing.Faults.Wake(_pages.RangeOf(page, 1));
            return;
        }

        // There was none: somebody discarded it past this library, by madvise or a hole in the file. It reads as zeroes, as they wanted.
        GiveUpSlotLocked(ref entry);
        entry.Clear(PageFlags.Protected);
        entry.Set(PageFlags.Written);
    }

    private void ParkLocked(ref PageEntry entry, int page)
    {
        if (!entry.Is(PageFlags.Parked))
        {
            entry.Set(PageFlags.Parked);
            _parked.Enqueue(page);
        }
    }

    private bool TryUnpark(out int page)
    {
        lock (_gate)
        {
            if (!_parked.TryDequeue(out page))
            {
                return false;
            }

            _pages[page].Clear(PageFlags.Parked);
            return true;
        }
    }
}
