using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>
/// The pages of an object that are in memory, or were evicted from it: a radix tree from page number to <see cref="PageSlot"/>, as high as the
/// highest page needs. One writer at a time; a look-up needs no lock, but the frame that it finds is only certain to be there under the lock.
/// </summary>
internal sealed class PageCache
{
    /// <summary>The leaf or inner node at the top; replaced when the tree grows.</summary>
    private PageCacheNode _root = new(level: 0);

    /// <summary>How many slots are not absent. Guarded by the writer's lock.</summary>
    private ulong _used;

    /// <summary>How many pages are in memory. Guarded by the writer's lock.</summary>
    internal ulong Count { get; private set; }

    /// <summary>How many pages lie in swap slots. Guarded by the writer's lock.</summary>
    internal ulong SwappedCount { get; private set; }

    /// <summary>Looks a page up.</summary>
    internal PageSlot Find(ulong pageIndex)
    {
        PageCacheNode? node = Shared.Read(in _root, this);
        if (!node.Covers(pageIndex))
        {
            return PageSlot.Absent;
        }

        while (node is { IsLeaf: false })
        {
            node = node.Child(pageIndex);
        }

        return node?.Read(pageIndex) ?? PageSlot.Absent;
    }

    /// <summary>Says what is known of a page from now on.</summary>
    internal void Set(ulong pageIndex, PageSlot slot)
    {
        PageCacheNode node = _root;
        while (!node.Covers(pageIndex))
        {
            node = node.NewParent();
            Shared.Write(ref _root, node, this);
        }

        while (!node.IsLeaf)
        {
            node = node.ChildOrNew(pageIndex);
        }

        Uncount(node.Read(pageIndex));
        Count += slot.IsPresent ? 1UL : 0;
        SwappedCount += slot.IsSwapped ? 1UL : 0;
        _used += slot.IsAbsent ? 0 : 1UL;
        node.Write(pageIndex, slot);
    }

    /// <summary>Makes the pages of a half-open range absent, and lists what was known of them in order.</summary>
    internal void TakeRange(ulong firstPage, ulong endPage, List<CachedPage> taken)
    {
        int before = taken.Count;
        CopyRange(firstPage, endPage, taken);
        for (int i = before; i < taken.Count; i++)
        {
            Set(taken[i].Index, PageSlot.Absent);
        }

        if (_used == 0)
        {
            Shared.Write(ref _root, new PageCacheNode(level: 0), this);
        }
    }

    /// <summary>Lists the pages of a half-open range that are not absent, in order.</summary>
    internal void CopyRange(ulong firstPage, ulong endPage, List<CachedPage> found)
    {
        if (firstPage < endPage)
        {
            _root.Collect(0, firstPage, endPage - 1, found);
        }
    }

    private void Uncount(PageSlot slot)
    {
        Count -= slot.IsPresent ? 1UL : 0;
        SwappedCount -= slot.IsSwapped ? 1UL : 0;
        _used -= slot.IsAbsent ? 0 : 1UL;
    }
}
