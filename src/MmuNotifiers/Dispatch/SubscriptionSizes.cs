namespace MmuNotifiers;

/// <summary>What the objects of subscriptions take on the heap of this runtime, in bytes: measured once, not reckoned.</summary>
internal static class SubscriptionSizes
{
    private static readonly NotifierSubscriptions Nobody = new();

    /// <summary>An address-space-wide subscription.</summary>
    internal static long NotifierBytes { get; } = Measure(static () => new NotifierSubscription(Nobody, null!, isByRange: false));

    /// <summary>An interval.</summary>
    internal static long IntervalBytes { get; } = Measure(static () => new IntervalSubscription(Nobody, null!, default));

    /// <summary>A range of a subscription by ranges, with its entry in the list of them.</summary>
    internal static long AttachedRangeBytes { get; } = MeasureRange();

    private static long MeasureRange()
    {
        NotifierSubscription owner = new(Nobody, null!, isByRange: true);
        return Measure(() => new AttachedRange(owner, default, null, isSettled: true)) + HashSetEntryBytes;
    }

    /// <summary>A bucket and an entry (hash code, next, reference) at a load of two thirds.</summary>
    private static long HashSetEntryBytes => (4 + 16) * 3 / 2;

    private static long Measure(Func<object> make)
    {
        make();
        long before = GC.GetAllocatedBytesForCurrentThread();
        object kept = make();
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        GC.KeepAlive(kept);
        return bytes;
    }
}
