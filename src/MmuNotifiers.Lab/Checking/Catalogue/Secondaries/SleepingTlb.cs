using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

/// <summary>Takes a lock that it may have to wait for where it is flushed: under the page-table lock (B9).</summary>
internal sealed class SleepingTlb(IPrimaryMmu primary) : SharedTableTlb(primary)
{
    private readonly SharedLock _lock = new();

    public override void Invalidate(AddressRange range)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        base.Invalidate(range);
    }
}
