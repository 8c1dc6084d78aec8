using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>
/// The pages of an object that are in memory: a radix tree from page number to frame, as high as the highest page needs.
/// One writer at a time; a look-up needs no lock, but the frame that it finds is only certain to be there under the lock.
/// </summary>
internal sealed class PageCache
{
    /// <summary>The leaf or inner node at the top; replaced when the tree grows.</summary>
    private PageCacheNode _root = new(level: 0);

    /// <summary>How many pages there are. Guarded by the writer's lock.</summary>
    internal ulong Count { get; private set; }

    /// <summary>Looks a page up.</summary>
    internal bool TryFind(ulong pageIndex, out FrameNumber frame)
    {
        PageCacheNode? node = Shared.Read(in _root, this);
        if (!node.Covers(pageIndex))
        {
            frame = default;
            return false;
        }

        while (node is { IsLeaf: false })
        {
            node = node.Child(pageIndex);
        }

        frame = default;
        return node is not null && node.TryGetFrame(pageIndex, out frame);
    }

    /// <summary>Enters a page that is not there.</summary>
    internal void Insert(ulong pageIndex, FrameNumber frame)
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

        node.SetFrame(pageIndex, frame);
        Count++;
    }

    /// <summary>Removes the pages of a half-open range and lists them in order.</summary>
    internal void TakeRange(ulong firstPage, ulong endPage, List<CachedPage> taken)
    {
        int before = taken.Count;
        CopyRange(firstPage, endPage, taken);
        for (int i = before; i < taken.Count; i++)
        {
            Remove(taken[i].Index);
        }

        if (Count == 0)
        {
            Shared.Write(ref _root, new PageCacheNode(level: 0), this);
        }
    }

    /// <summary>Lists the pages of a half-open range in order.</summary>
    internal void CopyRange(ulong firstPage, ulong endPage, List<CachedPage> found)
    {
        if (firstPage < endPage)
        {
            _root.Collect(0, firstPage, endPage - 1, found);
        }
    }

    private void Remove(ulong pageIndex)
    {
        PageCacheNode node = _root;
        while (!node.IsLeaf)
        {
            node = node.Child(pageIndex)!;
        }

        node.ClearFrame(pageIndex);
        Count--;
    }
}
