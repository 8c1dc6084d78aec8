namespace MmuNotifiers.Linux.Tests.Paging;

/// <summary>Writes down the brackets of a window.</summary>
internal sealed class BracketWitness : IMmuNotifier, IDisposable
{
    private readonly NotifierSubscription _subscription;
    private readonly List<(AddressRange Range, InvalidationEvent Event)> _brackets = [];

    internal BracketWitness(IPrimaryMmu primary) => _subscription = primary.Register(this);

    internal IReadOnlyList<(AddressRange Range, InvalidationEvent Event)> Brackets
    {
        get
        {
            lock (_brackets)
            {
                return [.. _brackets];
            }
        }
    }

    /// <summary>Called in each start, before it returns.</summary>
    internal Action<AddressRange>? OnStart { get; set; }

    /// <summary>Called in each end, before it returns.</summary>
    internal Action<AddressRange>? OnEnd { get; set; }

    internal bool IsReleased { get; private set; }

    public bool InvalidateRangeStart(in InvalidationRange range)
    {
        lock (_brackets)
        {
            _brackets.Add((range.Range, range.Event));
        }

        OnStart?.Invoke(range.Range);
        return true;
    }

    public void InvalidateRangeEnd(in InvalidationRange range) => OnEnd?.Invoke(range.Range);

    public void Release() => IsReleased = true;

    public void Dispose() => _subscription.Dispose();
}
