namespace MmuNotifiers.Secondary.Rdma;

/// <summary>What hangs on an address space, or on a part of it: passes the callbacks to a context.</summary>
internal class CardNotifier(CardContext context) : IMmuNotifier, IAgingNotifier
{
    /// <inheritdoc/>
    public bool InvalidateRangeStart(in InvalidationRange range) => context.Start(range.Range, range.IsBlockable);

    /// <inheritdoc/>
    public void InvalidateRangeEnd(in InvalidationRange range) => context.End(range.IsBlockable);

    /// <inheritdoc/>
    public void Release() => context.StopMirroring();

    /// <inheritdoc/>
    public bool ClearFlushYoung(AddressRange range) => context.Age(range);

    /// <inheritdoc/>
    public bool ClearYoung(AddressRange range) => context.Age(range);

    /// <inheritdoc/>
    public void ClearYoung(scoped in AgeQuery query) => context.Age(in query);

    /// <inheritdoc/>
    public bool TestYoung(VirtualAddress address) => context.IsYoung(address);
}
