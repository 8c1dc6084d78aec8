namespace MmuNotifiers.Primary;

/// <summary>Passes callbacks on, and drops the holds of a range when the secondary was told of it.</summary>
internal sealed class HoldingNotifier(IMmuNotifier inner, FrameHolds holds) : IMmuNotifier, IAgingNotifier, IUpdateNotifier
{
    private readonly IAgingNotifier? _aging = inner as IAgingNotifier;
    private readonly IUpdateNotifier? _updates = inner as IUpdateNotifier;

    /// <inheritdoc/>
    public bool InvalidateRangeStart(in InvalidationRange range)
    {
        if (!inner.InvalidateRangeStart(in range))
        {
            return false;
        }

        holds.Drop(in range);
        return true;
    }

    /// <inheritdoc/>
    public void InvalidateRangeEnd(in InvalidationRange range) => inner.InvalidateRangeEnd(in range);

    /// <inheritdoc/>
    public void Release()
    {
        inner.Release();
        InvalidationRange everything = new(AddressRange.All, InvalidationEvent.Release);
        holds.DropAll(in everything);
    }

    /// <inheritdoc/>
    public bool ClearFlushYoung(AddressRange range) => _aging?.ClearFlushYoung(range) ?? false;

    /// <inheritdoc/>
    public bool ClearYoung(AddressRange range) => _aging?.ClearYoung(range) ?? false;

    /// <inheritdoc/>
    public void ClearYoung(scoped in AgeQuery query) => _aging?.ClearYoung(in query);

    /// <inheritdoc/>
    public bool TestYoung(VirtualAddress address) => _aging?.TestYoung(address) ?? false;

    /// <inheritdoc/>
    public void UpdateRange(AddressRange range, AccessRights rights) => _updates?.UpdateRange(range, rights);

    /// <inheritdoc/>
    public void ChangeProtection(AddressRange range, AccessRights rights) => _updates?.ChangeProtection(range, rights);
}
