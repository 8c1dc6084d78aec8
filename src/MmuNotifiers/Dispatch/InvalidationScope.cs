using System.Runtime.CompilerServices;

namespace MmuNotifiers;

/// <summary>
/// An open bracket: translations of its range may change until it is disposed, on the thread that opened it. The default value is
/// a bracket that was not opened.
/// </summary>
public ref struct InvalidationScope
{
    /// <summary>Null where nobody has to be told of the end.</summary>
    private readonly NotifierSubscriptions? _subscriptions;
    private readonly SubscriptionSnapshot? _snapshot;
    private readonly IntervalHits _hits;
    private readonly InvalidationRange _range;
    private GraceSlot? _slot;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal InvalidationScope(GraceSlot slot) => _slot = slot;

    internal InvalidationScope(
        NotifierSubscriptions subscriptions, SubscriptionSnapshot? snapshot, GraceSlot slot, IntervalHits hits, scoped in InvalidationRange range)
    {
        _subscriptions = subscriptions;
        _snapshot = snapshot;
        _slot = slot;
        _hits = hits;
        _range = range;
    }

    /// <summary>Ends the bracket: every subscriber whose start returned true is told. Disposing again does nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Dispose()
    {
        GraceSlot? slot = _slot;
        if (slot is null)
        {
            return;
        }

        _slot = null;
        if (_subscriptions is null)
        {
            slot.Exit();
        }
        else
        {
            _subscriptions.End(in _range, _snapshot, in _hits, slot);
        }
    }
}
