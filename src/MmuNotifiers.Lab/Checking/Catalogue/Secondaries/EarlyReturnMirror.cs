namespace MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

/// <summary>
/// Has nothing in the range, so it returns early and does not set the sequence: a look-up that is on its way does not notice the bracket.
/// </summary>
internal sealed class EarlyReturnMirror(IPrimaryMmu primary, AddressRange interval) : IntervalMirror(primary, interval)
{
    protected override void InvalidateLocked(IntervalSubscription subscription, AddressRange range, ulong sequence)
    {
        if (Table.Drop(range))
        {
            subscription.SetSequence(sequence);
        }
    }
}
