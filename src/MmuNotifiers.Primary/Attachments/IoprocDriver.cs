namespace MmuNotifiers.Primary;

/// <summary>
/// The driver of a secondary that knows brackets only, as IOPROC wants it: it believes the area that it is handed, so a range is cut to
/// the area.
/// </summary>
internal sealed class IoprocDriver(IMmuNotifier secondary) : IIoprocNotifier
{
    private readonly IUpdateNotifier? _updates = secondary as IUpdateNotifier;

    /// <inheritdoc/>
    public void Release() => secondary.Release();

    /// <inheritdoc/>
    public void InvalidateRange(IMappedArea area, AddressRange range)
    {
        InvalidationRange part = PartOf(area, range);
        secondary.InvalidateRangeStart(in part);
    }

    /// <inheritdoc/>
    public void ChangeProtection(IMappedArea area, AddressRange range, AccessRights rights)
    {
        InvalidateRange(area, range);
        _updates?.ChangeProtection(range.Intersect(area.Range), rights);
    }

    /// <inheritdoc/>
    public void UpdateRange(IMappedArea area, AddressRange range) => _updates?.UpdateRange(range.Intersect(area.Range), area.Rights);

    /// <inheritdoc/>
    public void ResumeLoads(IMappedArea area, AddressRange range)
    {
        InvalidationRange part = PartOf(area, range);
        secondary.InvalidateRangeEnd(in part);
    }

    private static InvalidationRange PartOf(IMappedArea area, AddressRange range) =>
        new(range.Intersect(area.Range), InvalidationEvent.Clear, area);
}
