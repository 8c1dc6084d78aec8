namespace MmuNotifiers.Secondary.Tests;

/// <summary>The smallest mirror over an interval subscription: an array of translations under a user lock.</summary>
internal sealed class IntervalMirror : IIntervalNotifier, IMirrorTarget
{
    private readonly Lock _lock = new();
    private readonly Translation?[] _pages;
    private readonly IntervalSubscription _subscription;

    internal IntervalMirror(IPrimaryMmu primary, AddressRange range)
    {
        _pages = new Translation?[range.Pages];
        _subscription = primary.Register(this, range);
    }

    internal Translation? this[int page]
    {
        get
        {
            lock (_lock)
            {
                return _pages[page];
            }
        }
    }

    public bool Invalidate(IntervalSubscription subscription, in InvalidationRange range, ulong sequence)
    {
        if (range.IsBlockable)
        {
            _lock.Enter();
        }
        else if (!_lock.TryEnter())
        {
            return false;
        }

        subscription.SetSequence(sequence);
        AddressRange hit = range.Range.Intersect(subscription.Range);
        for (ulong page = 0; page < hit.Pages; page++)
        {
            _pages[hit.Start.PageNumber + page - subscription.Range.Start.PageNumber] = null;
        }

        _lock.Exit();
        return true;
    }

    public bool TryReadBegin(AddressRange range, out ulong sequence)
    {
        sequence = _subscription.ReadBegin();
        return true;
    }

    public bool TryInstall(AddressRange range, ReadOnlySpan<Translation> translations, AccessRights access, ulong sequence)
    {
        lock (_lock)
        {
            if (_subscription.ReadRetry(sequence))
            {
                return false;
            }

            for (int page = 0; page < translations.Length; page++)
            {
                _pages[range.Start.PageNumber + (ulong)page - _subscription.Range.Start.PageNumber] = translations[page];
            }

            return true;
        }
    }
}
