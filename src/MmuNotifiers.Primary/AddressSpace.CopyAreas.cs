namespace MmuNotifiers.Primary;

public sealed partial class AddressSpace
{
    /// <summary>
    /// fork: gives a child the areas, except those that it is not to have. Both map locks are held and the map sequence is odd: a fault that adds the
    /// first private page to an area has done so, and the child shares it, or it starts over. The child is not in use yet.
    /// </summary>
    /// <returns>The areas in ascending order, so that their pages can be copied.</returns>
    internal List<AreaPair> CopyAreasTo(AddressSpace child, ForkMode mode)
    {
        List<AreaPair> pairs = [];
        foreach (Area area in _areas.All())
        {
            if (mode == ForkMode.Snapshot || !area.Has(AreaFlags.DontFork))
            {
                pairs.Add(new AreaPair(area, InheritedFrom(area, mode)));
            }
        }

        child.BeginMapChange();
        foreach (AreaPair pair in pairs)
        {
            child.InsertArea(pair.Child);
        }

        child.EndMapChange();
        child._heapStart = _heapStart;
        child._heapEnd = _heapEnd;
        child._hasGuards = _hasGuards;
        child.InheritSoftDirty(this, mode);
        return pairs;
    }

    private static Area InheritedFrom(Area area, ForkMode mode)
    {
        bool sharesPages = area.HasPrivatePages && (mode == ForkMode.Snapshot || !area.Has(AreaFlags.WipeOnFork));
        return new Area
        {
            Range = area.Range,
            Rights = area.Rights,
            Flags = mode == ForkMode.Snapshot ? area.Flags : area.Flags & ~AreaFlags.Locked,
            Handle = area.Handle,
            PageOffset = area.PageOffset,
            Family = sharesPages ? area.Family : null,
            Lineage = mode == ForkMode.Snapshot ? area.Lineage : sharesPages ? new object() : null,
        };
    }
}
