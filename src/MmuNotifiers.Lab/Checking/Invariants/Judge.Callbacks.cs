namespace MmuNotifiers.Lab.Checking;

/// <summary>How subscribers are called, and what they do: I6, I8, I9.</summary>
internal sealed partial class Judge
{
    internal CallbackScope Enter(Subscriber subscriber, CallbackKind kind, in InvalidationRange range)
    {
        Now++;
        ThreadState? thread = EnterPrimary();
        CallbackScope callback = new(subscriber, thread, kind, thread?.Locks.Count ?? 0);
        Log?.CallbackBegins(callback, in range);
        RequireAlive(callback, "was called");
        subscriber.Running++;
        bool mayBlock = kind is CallbackKind.End or CallbackKind.Release || (kind is CallbackKind.Start or CallbackKind.Invalidate && range.IsBlockable);
        if (mayBlock && thread is not null && thread.Locks.Find(held => held.IsSpinLock) is { Step: not null } held)
        {
            Report(
                Invariants.Context,
                $"{thread.Name} called {kind} of {BracketRecord.TextOf(range.Event, range.Range)}, which may block, under the spin lock that it took in {held.Step}.");
        }

        if (kind == CallbackKind.End)
        {
            EndStart(subscriber, thread, in range);
        }

        return callback;
    }

    internal void Leave(CallbackScope callback)
    {
        Now++;
        callback.Subscriber.Running--;
        LeavePrimary(callback.Thread);
        RequireAlive(callback, "is still running");
    }

    internal void LeaveStart(CallbackScope callback, in InvalidationRange range, bool accepted)
    {
        LeaveAccepting(callback, in range, accepted);
        if (accepted)
        {
            callback.Subscriber.Open.Add(new AcceptedStart(callback.Thread, range.Range, range.Event));
        }
    }

    internal void LeaveInvalidate(CallbackScope callback, IntervalSubscription subscription, in InvalidationRange range, ulong sequence, bool accepted)
    {
        callback.Subscriber.Subscription ??= subscription;
        LeaveAccepting(callback, in range, accepted);
    }

    internal void LeaveRelease(CallbackScope callback)
    {
        callback.Subscriber.IsReleased = true;
        Leave(callback);
    }

    internal void LeaveFlush(CallbackScope callback, AddressRange range)
    {
        for (int page = 0; page < _scenario.PageCount; page++)
        {
            if (range.Contains(ScenarioRun.AddressOf(page)))
            {
                _unflushed &= ~(1UL << page);
            }
        }

        Leave(callback);
    }

    private void LeaveAccepting(CallbackScope callback, in InvalidationRange range, bool accepted)
    {
        Log?.CallbackEnds(callback, in range, accepted);
        Leave(callback);
        string bracket = BracketRecord.TextOf(range.Event, range.Range);
        if (!accepted && range.IsBlockable)
        {
            Report(Invariants.Pairing, $"{Capital(callback.Subscriber)} refused the start of {bracket}, which may block and must not be refused.");
        }

        if (!accepted && callback.Thread is { } thread && thread.Locks.Count > callback.LocksHeld)
        {
            Report(
                Invariants.Pairing | Invariants.Context,
                $"{Capital(callback.Subscriber)} refused the start of {bracket} and kept a lock that it had taken for it.");
        }
    }

    private void EndStart(Subscriber subscriber, ThreadState? thread, in InvalidationRange range)
    {
        AddressRange ended = range.Range;
        int index = subscriber.Open.FindLastIndex(start => start.Thread == thread && start.Range == ended);
        if (index < 0)
        {
            Report(
                Invariants.Pairing,
                $"{Capital(subscriber)} got the end of {BracketRecord.TextOf(range.Event, ended)} without having accepted its start.");
            return;
        }

        subscriber.Open.RemoveAt(index);
    }

    private void RequireAlive(CallbackScope callback, string what)
    {
        if (callback.Subscriber.HasEnded)
        {
            Report(Invariants.Lifetime, $"{callback.Kind} of {callback.Subscriber} {what} though its subscription has ended.");
        }
    }
}
