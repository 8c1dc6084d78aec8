namespace MmuNotifiers.Primary;

public sealed partial class AddressSpace
{
    private const AreaFlags ShownFlags = (AreaFlags)(
        AreaKinds.Shared | AreaKinds.GrowsDown | AreaKinds.Locked | AreaKinds.DontFork
        | AreaKinds.WipeOnFork | AreaKinds.FrameMap | AreaKinds.Nonlinear);

    /// <summary>
    /// The areas in ascending order, as of one moment. Neighbours that could be one but are not are reported apart, as in Linux.
    /// </summary>
    public AreaInfo[] Layout()
    {
        using MapLockScope held = LockMap();
        return [.. _areas.All().Select(static area =>
            new AreaInfo(area.Range, area.Rights, (AreaKinds)(area.Flags & ShownFlags), area.PageOffset) { Handle = area.Handle })];
    }

    private void InitializeAreas()
    {
        AddressRange bounds = _options.Bounds;
        if (!bounds.IsPageAligned || bounds.End.Value > long.MaxValue)
        {
            throw new ArgumentException($"The bounds {bounds} must be page aligned and end below 2^63.", nameof(_options));
        }

        if (_options.PlacementWindow is { IsPageAligned: false } window)
        {
            throw new ArgumentException($"The placement window {window} must be page aligned.", nameof(_options));
        }

        _heapStart = _options.HeapStart;
        _heapEnd = _heapStart ?? VirtualAddress.Zero;
    }

    /// <summary>Every area goes, with the map lock held; the caller unmaps the pages.</summary>
    /// <returns>From the start of the first to the end of the last.</returns>
    private AddressRange RemoveAllAreas()
    {
        AddressRange all = _areas.FirstEndingAbove(VirtualAddress.Zero) is { } first
            ? new AddressRange(first.Range.Start, _areas.Last!.Range.End)
            : default;
        BeginMapChange();
        while (_areas.Last is { } area)
        {
            RemoveArea(area);
        }

        EndMapChange();
        return all;
    }

    private void AssertAreaInvariants()
    {
        _areas.AssertInvariants();
        ulong mapped = 0;
        ulong locked = 0;
        foreach (Area area in _areas.All())
        {
            mapped += area.Range.Pages;
            locked += area.Has(AreaFlags.Locked) ? area.Range.Pages : 0;
            Require(area.IsPrivate || !area.HasPrivatePages, area.Range.Start, "a shared area has no private pages");
            Require(area.HasPrivatePages || area.Lineage is null, area.Range.Start, "an area without private pages shares none with a parent");
            Require(!area.IsShared || area.Handle is not null, area.Range.Start, "a shared area has an object");
        }

        Require(mapped == _mappedPages, VirtualAddress.Zero, $"{_mappedPages} pages are counted as mapped, but {mapped} are");
        Require(locked == _lockedPages, VirtualAddress.Zero, $"{_lockedPages} pages are counted as locked, but {locked} are");
    }
}
