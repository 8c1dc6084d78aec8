using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>An object that the address space maps loses pages.</summary>
public sealed partial class AddressSpace
{
    /// <summary>
    /// Unmaps pages of an object in all areas that map it here. Takes the map lock; the caller holds neither one nor the
    /// object's lock.
    /// </summary>
    internal void UnmapObject(MemoryObject target, ulong firstPage, ulong endPage, ObjectUnmapScope scope)
    {
        using SharedLock.Scope held = _mapLock.EnterScope();
        foreach (Area area in target.AreasIn(this, firstPage, endPage))
        {
            UnmapObjectPages(target, area, firstPage, endPage - firstPage, scope);
        }
    }

    /// <summary>
    /// Collects what the ptes know to be dirty in all areas that map a part of an object here, and write-protects them. Takes
    /// the map lock; the caller holds neither one nor the object's lock.
    /// </summary>
    internal void CleanObject(MemoryObject target, ulong firstPage, ulong endPage)
    {
        using SharedLock.Scope held = _mapLock.EnterScope();
        foreach (Area area in target.AreasIn(this, firstPage, endPage))
        {
            if (area.IsShared)
            {
                WriteBackPages(area, area.Range);
            }
        }
    }
}
