using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>Pages that a snapshot saves, and brings back.</summary>
public abstract partial class MemoryObject
{
    /// <summary>The numbers of the pages of which the cache knows something, in order.</summary>
    private protected List<ulong> KnownPages(Func<PageSlot, bool> isAsked)
    {
        List<CachedPage> known = [];
        using SharedLock.Scope held = _lock.EnterScope();
        _pages.CopyRange(0, EndOfPages, known);
        return [.. known.Where(page => isAsked(page.Slot)).Select(static page => page.Index)];
    }

    /// <summary>Says that pages, of which nothing is known, were evicted to slots of a read-only swap area, one after the other.</summary>
    private protected void AddEvicted(ulong firstPage, ulong pages, int swapArea, long firstSlot)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        for (ulong page = 0; page < pages; page++)
        {
            SwapEntry entry = new(swapArea, firstSlot + (long)page);
            Memory.Swap.AddFirstReference(entry);
            _pages.Set(firstPage + page, PageSlot.Swapped(entry));
        }
    }
}
