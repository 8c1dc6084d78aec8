using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>Who maps the object: the root of the reverse mapping of its pages.</summary>
public abstract partial class MemoryObject
{
    /// <summary>The areas that map the object, by address space. Guarded by the object lock.</summary>
    private readonly Dictionary<AddressSpace, HashSet<Area>> _areas = [];

    /// <summary>An area that maps the object entered an address space. Called under that space's map lock.</summary>
    internal void Attach(AddressSpace space, Area area)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        if (!_areas.TryGetValue(space, out HashSet<Area>? areas))
        {
            areas = [];
            _areas.Add(space, areas);
        }

        bool added = areas.Add(area);
        InvariantViolationException.ThrowIf(!added, $"The area {area.Range} enters an object a second time.");
    }

    /// <summary>The same area left it, or was replaced.</summary>
    internal void Detach(AddressSpace space, Area area)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        bool removed = _areas.TryGetValue(space, out HashSet<Area>? areas) && areas.Remove(area);
        InvariantViolationException.ThrowIf(!removed, $"The area {area.Range} leaves an object that it never entered.");
        if (areas!.Count == 0)
        {
            _areas.Remove(space);
        }
    }

    /// <summary>The address spaces that map the object at this moment.</summary>
    internal AddressSpace[] Spaces()
    {
        using SharedLock.Scope held = _lock.EnterScope();
        return [.. _areas.Keys];
    }

    /// <summary>
    /// The areas of an address space that may show one of the given pages: those whose offsets overlap them, and nonlinear
    /// ones, whose ptes tell. Stays true as long as that space's map lock is held.
    /// </summary>
    internal Area[] AreasIn(AddressSpace space, ulong firstPage, ulong endPage)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        return _areas.TryGetValue(space, out HashSet<Area>? areas)
            ? [.. areas.Where(area => MayShow(area, firstPage, endPage))]
            : [];
    }

    private static bool MayShow(Area area, ulong firstPage, ulong endPage) =>
        area.Has(AreaFlags.Nonlinear)
        || (area.PageOffset < endPage && firstPage < area.PageOffset + area.Range.Pages);

    /// <summary>
    /// Takes pages out of every address space. Holds no object lock; takes one map lock after the other. A space that was
    /// forked off meanwhile copied its ptes under its parent's map lock, so it is seen here once the parent was unmapped.
    /// </summary>
    private void UnmapEverywhere(ulong firstPage, ulong endPage, ObjectUnmapScope scope)
    {
        if (firstPage >= endPage)
        {
            return;
        }

        HashSet<AddressSpace> done = [];
        bool found = true;
        while (found)
        {
            found = false;
            foreach (AddressSpace space in Spaces())
            {
                if (done.Add(space))
                {
                    found = true;
                    space.UnmapObject(this, firstPage, endPage, scope);
                }
            }
        }
    }
}
