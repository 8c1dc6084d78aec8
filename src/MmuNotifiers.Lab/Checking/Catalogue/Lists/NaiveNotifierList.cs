using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking.Catalogue.Lists;

/// <summary>
/// A list of subscribers as one would write it first, and as it was in January 2008: registration adds, unregistration removes, a call walks
/// what is there. Nobody waits for anybody, nothing is taken back, nothing is remembered from the start of a bracket to its end.
/// </summary>
/// <remarks>
/// It is one subscriber of the primary and tells its own, so that it runs over the same brackets as the production's dispatch, its twin.
/// What is wrong with it, each a scenario:
/// <code>
///   Register   does not wait for open brackets (B6), accepts after the release (B21)
///   Dispose    of a subscription is looked at before each call, and does not wait for one that runs
///   start      a refusal leaves those that accepted without an end (B14), and intervals open (B30)
///   end        walks the list of that moment: an end without a start
///   fork       copies the list into the child (B4)
/// </code>
/// </remarks>
internal sealed class NaiveNotifierList : ForwardingPrimary, IMmuNotifier
{
    /// <summary>Hands out the subscriptions, and never opens a bracket: what they wait for is only what this list opens.</summary>
    private readonly NotifierSubscriptions _nobody = new();

    /// <summary>Replaced as a whole.</summary>
    private NotifierSubscription[] _list;

    /// <summary>Replaced as a whole.</summary>
    private IntervalSubscription[] _intervals = [];

    internal NaiveNotifierList(IPrimaryMmu primary)
        : this(primary, [])
    {
    }

    private NaiveNotifierList(IPrimaryMmu primary, NotifierSubscription[] list)
        : base(primary)
    {
        _list = list;
        primary.Register((IMmuNotifier)this);
    }

    /// <summary>What a child gets that is made by copying the parent's structure (B4).</summary>
    internal NaiveNotifierList CopyInto(IPrimaryMmu child) => new(child, Shared.Read(in _list, this));

    public override NotifierSubscription Register(IMmuNotifier notifier)
    {
        NotifierSubscription subscription = _nobody.Add(notifier);
        Shared.Write(ref _list, [.. Shared.Read(in _list, this), subscription], this);
        return subscription;
    }

    public override IntervalSubscription Register(IIntervalNotifier notifier, AddressRange range)
    {
        IntervalSubscription subscription = _nobody.Add(notifier, range);
        Shared.Write(ref _intervals, [.. Shared.Read(in _intervals, this), subscription], this);
        return subscription;
    }

    public bool InvalidateRangeStart(in InvalidationRange range)
    {
        IntervalSubscription[] intervals = Shared.Read(in _intervals, this);
        for (int index = 0; index < intervals.Length; index++)
        {
            IntervalSubscription interval = intervals[index];
            if (!interval.Notifier.Invalidate(interval, in range, interval.OpenBracket()))
            {
                Close(intervals.AsSpan(0, index + 1));
                return false;
            }
        }

        foreach (NotifierSubscription subscription in Shared.Read(in _list, this))
        {
            if (!subscription.HasEnded && !subscription.Notifier.InvalidateRangeStart(in range))
            {
                return false;
            }
        }

        return true;
    }

    public void InvalidateRangeEnd(in InvalidationRange range)
    {
        foreach (NotifierSubscription subscription in Shared.Read(in _list, this))
        {
            if (!subscription.HasEnded)
            {
                subscription.Notifier.InvalidateRangeEnd(in range);
            }
        }

        Close(Shared.Read(in _intervals, this));
    }

    public void Release()
    {
        foreach (NotifierSubscription subscription in Shared.Read(in _list, this))
        {
            if (!subscription.HasEnded)
            {
                subscription.Notifier.Release();
            }
        }
    }

    private static void Close(ReadOnlySpan<IntervalSubscription> intervals)
    {
        foreach (IntervalSubscription interval in intervals)
        {
            interval.CloseBracket();
        }
    }
}
