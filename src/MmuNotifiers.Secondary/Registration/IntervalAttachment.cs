namespace MmuNotifiers.Secondary.Registration;

/// <summary>One interval subscription for each region.</summary>
internal sealed class IntervalAttachment(IPrimaryMmu primary) : RegionAttachment
{
    internal override string Name => "interval";

    internal override bool TryWatch(RegisteredRegion region)
    {
        try
        {
            region.Subscription = primary.Register(region, region.Range);
            return true;
        }
        catch (InvalidOperationException)
        {
            // Once in the life of a cache: the address space was released before a region could hear of it.
            return false;
        }
    }

    internal override void Unwatch(RegisteredRegion region) => region.Subscription!.Dispose();

    internal override ulong ReadBegin(RegisteredRegion region, AddressRange range) => region.Subscription!.ReadBegin();

    internal override bool MustRetry(RegisteredRegion region, AddressRange range, ulong sequence) =>
        region.Subscription!.ReadRetry(sequence);
}
