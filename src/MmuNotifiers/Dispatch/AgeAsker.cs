namespace MmuNotifiers;

/// <summary>Asks those who subscribed to intervals, or by ranges, about the part of a range that is theirs.</summary>
internal struct AgeAsker(AddressRange range, AgeKind kind) : IIntervalVisitor
{
    /// <summary>Whether one of them says yes.</summary>
    internal bool IsYoung { get; private set; }

    /// <summary>How many were asked.</summary>
    internal int Calls { get; private set; }

    /// <inheritdoc/>
    public bool Visit(IntervalSubscription subscription)
    {
        if (subscription.Aging is not { } aging)
        {
            return true;
        }

        Calls++;
        AddressRange part = range.Intersect(subscription.Range);
        IsYoung |= kind switch
        {
            AgeKind.ClearFlush => aging.ClearFlushYoung(part),
            AgeKind.Clear => aging.ClearYoung(part),
            _ => aging.TestYoung(part.Start),
        };
        return kind != AgeKind.Test || !IsYoung;
    }
}
