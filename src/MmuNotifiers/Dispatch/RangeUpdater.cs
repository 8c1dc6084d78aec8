namespace MmuNotifiers;

/// <summary>Tells a subscriber by ranges the parts of an update that lie in its ranges.</summary>
internal struct RangeUpdater(NotifierSubscription owner, AddressRange range, AccessRights rights, bool isProtection) : IIntervalVisitor
{
    /// <summary>How many parts were told.</summary>
    internal int Told { get; private set; }

    /// <inheritdoc/>
    public bool Visit(IntervalSubscription subscription)
    {
        if (subscription.Attached is not { } attached || !ReferenceEquals(attached.Owner, owner))
        {
            return true;
        }

        Told++;
        IUpdateNotifier notifier = (IUpdateNotifier)owner.Notifier;
        AddressRange part = range.Intersect(attached.Range);
        if (isProtection)
        {
            notifier.ChangeProtection(part, rights);
        }
        else
        {
            notifier.UpdateRange(part, rights);
        }

        return true;
    }
}
