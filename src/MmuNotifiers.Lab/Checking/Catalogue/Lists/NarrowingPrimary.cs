namespace MmuNotifiers.Lab.Checking.Catalogue.Lists;

/// <summary>Tells its subscribers of every bracket without its last page: an end that was taken for the last page instead of the one behind it.</summary>
internal sealed class NarrowingPrimary(IPrimaryMmu primary) : ForwardingPrimary(primary)
{
    public override NotifierSubscription Register(IMmuNotifier notifier) => Inner.Register(new Narrowed(notifier));

    private sealed class Narrowed(IMmuNotifier notifier) : IMmuNotifier
    {
        public bool InvalidateRangeStart(in InvalidationRange range) => notifier.InvalidateRangeStart(Narrow(in range));

        public void InvalidateRangeEnd(in InvalidationRange range) => notifier.InvalidateRangeEnd(Narrow(in range));

        public void Release() => notifier.Release();

        private static InvalidationRange Narrow(in InvalidationRange range) =>
            new(new AddressRange(range.Range.Start, range.Range.End - Page.SizeBytes), range.Event, range.Area, range.Owner);
    }
}
