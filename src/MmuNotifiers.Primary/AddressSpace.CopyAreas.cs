namespace MmuNotifiers.Primary;

public sealed partial class AddressSpace
{
    /// <summary>
    /// fork: gives a child the areas, except those that it is not to have. Both map locks are held; the child is not in use yet.
    /// </summary>
    /// <returns>The areas in ascending order, so that their pages can be copied.</returns>
    internal List<AreaPair> CopyAreasTo(AddressSpace child)
    {
        List<AreaPair> pairs = [];

        // A fault that adds the first private page to an area does so before this, and the child shares it, or it starts over.
        BeginMapChange();
        foreach (Area area in _areas.All())
        {
            if (!area.Has(AreaFlags.DontFork))
            {
                pairs.Add(new AreaPair(area, InheritedFrom(area)));
            }
        }

        EndMapChange();
        child.BeginMapChange();
        foreach (AreaPair pair in pairs)
        {
            child.InsertArea(pair.Child);
        }

        child.EndMapChange();
        child._heapStart = _heapStart;
        child._heapEnd = _heapEnd;
        child._hasGuards = _hasGuards;
        child.InheritSoftDirty(this);
        return pairs;
    }

    private static Area InheritedFrom(Area area)
    {
        bool sharesPages = area.HasPrivatePages && !area.Has(AreaFlags.WipeOnFork);
        return new Area
        {
            Range = area.Range,
            Rights = area.Rights,
            Flags = area.Flags & ~AreaFlags.Locked,
            Handle = area.Handle,
            PageOffset = area.PageOffset,
            Family = area.IsShared ? null : sharesPages ? area.Family : new AnonymousFamily(),
            Lineage = sharesPages ? new object() : null,
        };
    }
}
