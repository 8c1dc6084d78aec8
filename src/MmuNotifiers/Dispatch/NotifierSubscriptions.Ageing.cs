using MmuNotifiers.Synchronization;

namespace MmuNotifiers;

/// <summary>What reclaim asks: those who subscribed to the whole address space, and those whose intervals or ranges overlap, about their part.</summary>
public sealed partial class NotifierSubscriptions
{
    /// <summary>Whether anybody takes part in ageing.</summary>
    internal bool HasAging => Shared.Read(in _snapshot, this) is { } snapshot && (snapshot.Aging.Length > 0 || snapshot.AsksIntervals);

    /// <summary>Asks every ageing subscriber; see <see cref="IAgingNotifier.ClearFlushYoung"/>. Does not block.</summary>
    /// <returns>Whether any of them says yes.</returns>
    public bool ClearFlushYoung(AddressRange range) => Ask(range, AgeKind.ClearFlush);

    /// <summary>Asks every ageing subscriber; see <see cref="IAgingNotifier.ClearYoung(AddressRange)"/>. Does not block.</summary>
    /// <returns>Whether any of them says yes.</returns>
    public bool ClearYoung(AddressRange range) => Ask(range, AgeKind.Clear);

    /// <summary>Asks ageing subscribers until one says yes; see <see cref="IAgingNotifier.TestYoung"/>. Does not block.</summary>
    /// <returns>Whether one says yes.</returns>
    public bool TestYoung(VirtualAddress address) => Ask(AddressRange.OfPage(address), AgeKind.Test);

    /// <summary>Asks every ageing subscriber about many pages; see <see cref="IAgingNotifier.ClearYoung(in AgeQuery)"/>. Does not block.</summary>
    /// <param name="query">Which pages; the answers of all subscribers are OR-ed there.</param>
    public void ClearYoung(scoped in AgeQuery query)
    {
        if (!HasAging)
        {
            return;
        }

        using GraceSection section = _grace.Enter();
        if (Shared.Read(in _snapshot, this) is not { } snapshot)
        {
            return;
        }

        foreach (IAgingNotifier aging in snapshot.Aging)
        {
            aging.ClearYoung(in query);
        }

        int asked = snapshot.Aging.Length;
        if (snapshot.AsksIntervals)
        {
            AgeQueryAsker asker = new(query);
            snapshot.Intervals.Walk(query.Range, ref asker);
            asked += asker.Calls;
        }

        _statistics?.AddAgingCalls(asked);
    }

    private bool Ask(AddressRange range, AgeKind kind)
    {
        if (!HasAging)
        {
            return false;
        }

        using GraceSection section = _grace.Enter();
        return Shared.Read(in _snapshot, this) is { } snapshot && Ask(snapshot, range, kind);
    }

    private bool Ask(SubscriptionSnapshot snapshot, AddressRange range, AgeKind kind)
    {
        bool young = false;
        _statistics?.AddAgingCalls(snapshot.Aging.Length);
        foreach (IAgingNotifier aging in snapshot.Aging)
        {
            young |= kind switch
            {
                AgeKind.ClearFlush => aging.ClearFlushYoung(range),
                AgeKind.Clear => aging.ClearYoung(range),
                _ => aging.TestYoung(range.Start),
            };
            if (young && kind == AgeKind.Test)
            {
                return true;
            }
        }

        if (!snapshot.AsksIntervals)
        {
            return young;
        }

        AgeAsker asker = new(range, kind);
        snapshot.Intervals.Walk(range, ref asker);
        _statistics?.AddAgingCalls(asker.Calls);
        return young | asker.IsYoung;
    }
}
