namespace MmuNotifiers.Lab.Checking;

/// <summary>The brackets, and who was told of them: I2, I6.</summary>
internal sealed partial class Judge
{
    private readonly List<BracketRecord> _brackets = [];
    private readonly List<Subscriber> _subscribers = [];

    /// <summary>Pages whose pte has lost something since the caches over the table were flushed; one bit each.</summary>
    private ulong _unflushed;

    /// <inheritdoc/>
    public void Opened(in InvalidationRange range)
    {
        Now++;
        ThreadState? thread = ObservingController.CurrentThread;
        BracketRecord bracket = new(in range, thread, Now);
        _brackets.Add(bracket);
        Log?.BracketOpens(bracket);
        foreach (Subscriber subscriber in _subscribers)
        {
            if (subscriber is { Family: SubscriberFamily.AddressSpace, Subscription: not null, IsReleased: false } && !subscriber.HasEnded)
            {
                RequireTold(subscriber, bracket);
            }
        }
    }

    /// <inheritdoc/>
    public void Closed(in InvalidationRange range)
    {
        Now++;
        ThreadState? thread = ObservingController.CurrentThread;
        AddressRange closed = range.Range;
        BracketRecord bracket = _brackets.FindLast(open => open.Closed == 0 && open.Thread == thread && open.Range == closed)!;
        bracket.Closed = Now;
        Log?.BracketCloses(bracket);
    }

    /// <inheritdoc/>
    public void Revoked(VirtualAddress page)
    {
        int number = ScenarioRun.PageOf(page);
        _unflushed |= number >= 0 && number < _scenario.PageCount ? 1UL << number : 0;
    }

    internal Subscriber Subscribing(int secondary, SubscriberFamily family, AddressRange range)
    {
        Subscriber subscriber = new(secondary, family, range);
        _subscribers.Add(subscriber);
        return subscriber;
    }

    /// <summary>Registration has returned: from here on the subscriber relies on being told.</summary>
    internal void Subscribed(Subscriber subscriber, IDisposable subscription)
    {
        Now++;
        subscriber.Subscription = subscription;
        if (subscriber.Family != SubscriberFamily.AddressSpace)
        {
            return;
        }

        foreach (BracketRecord bracket in _brackets)
        {
            if (bracket.Closed == 0)
            {
                RequireTold(subscriber, bracket);
            }
        }
    }

    /// <summary>A secondary MMU is about to be ended: from here on it need not be told, and from its end on it must not.</summary>
    internal void Detaching(int secondary)
    {
        foreach (Subscriber subscriber in _subscribers)
        {
            subscriber.IsEnding |= subscriber.Secondary == secondary;
        }
    }

    /// <summary>The operation that ends a secondary MMU has returned.</summary>
    internal void Detached(int secondary)
    {
        foreach (Subscriber subscriber in _subscribers)
        {
            subscriber.IsDetached |= subscriber.Secondary == secondary;
            if (subscriber is { IsDetached: true, Running: > 0 })
            {
                Report(Invariants.Lifetime, $"A callback of {subscriber} is still running though its subscription has ended.");
            }
        }
    }

    private void RequireTold(Subscriber subscriber, BracketRecord bracket)
    {
        if (bracket.Event == InvalidationEvent.Release || subscriber.IsEnding)
        {
            return;
        }

        bool isTold = false;
        int missed = -1;
        for (int page = 0; page < _scenario.PageCount; page++)
        {
            if (bracket.Range.Contains(ScenarioRun.AddressOf(page)) && !_scenario.IsHole(page))
            {
                bool isCovered = IsTold(subscriber, bracket, ScenarioRun.AddressOf(page));
                isTold |= isCovered;
                missed = isCovered || missed >= 0 ? missed : page;
            }
        }

        if (missed >= 0 && isTold)
        {
            Report(Invariants.Coverage, $"{Capital(subscriber)} was not told that {bracket} covers {ScenarioRun.AddressOf(missed)} too.");
        }
        else if (missed >= 0)
        {
            Report(
                Invariants.Pairing | Invariants.InstallInBracket,
                $"{Capital(subscriber)} was registered while {bracket} is open, and was not told of its start.");
        }
    }

    private static bool IsTold(Subscriber subscriber, BracketRecord bracket, VirtualAddress page)
    {
        foreach (AcceptedStart start in subscriber.Open)
        {
            if (start.Thread == bracket.Thread && start.Range.Contains(page))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>An open bracket over an address, told to the device's subscriber, that it may not ignore.</summary>
    private BracketRecord? OpenBracketOver(VirtualAddress address, ThreadState thread)
    {
        object? secondary = Run.Secondary(thread.AccessedThrough);
        bool isInterval = FamilyOf(thread.AccessedThrough) == SubscriberFamily.Interval;
        return _brackets.FindLast(bracket =>
            bracket.Closed == 0
            && bracket.Range.Contains(address)
            && (bracket.Owner is null || !ReferenceEquals(bracket.Owner, secondary))
            && (bracket.Event != InvalidationEvent.Release || isInterval));
    }

    /// <summary>The last bracket over an address that was open after the thread had asked the primary for it, or last of all.</summary>
    private BracketRecord? BracketSince(ThreadState thread, VirtualAddress address)
    {
        int since = thread.LookUp.Page == thread.AccessedPage ? thread.LookUp.Ended : 0;
        return _brackets.FindLast(bracket => bracket.Range.Contains(address) && (bracket.Closed == 0 || bracket.Closed > since));
    }

    private SubscriberFamily FamilyOf(int secondary)
    {
        foreach (Subscriber subscriber in _subscribers)
        {
            if (subscriber.Secondary == secondary && subscriber.Family != SubscriberFamily.SharedTable)
            {
                return subscriber.Family;
            }
        }

        return _subscribers.Exists(subscriber => subscriber.Secondary == secondary) ? SubscriberFamily.SharedTable : SubscriberFamily.AddressSpace;
    }

    private bool IsReleased(int secondary) => _subscribers.Exists(subscriber => subscriber.Secondary == secondary && subscriber.IsReleased);

    private bool IsFlushPending(int page) => (_unflushed >> page & 1) != 0;

    private static string Capital(Subscriber subscriber)
    {
        string name = subscriber.ToString();
        return char.ToUpperInvariant(name[0]) + name[1..];
    }
}
