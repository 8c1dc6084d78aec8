using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>A node of a <see cref="PageCache"/>: 512 children, or in a leaf 512 slots.</summary>
internal sealed class PageCacheNode
{
    private const int LevelBits = 9;
    private const int Fanout = 1 << LevelBits;

    private readonly int _level;

    /// <summary>Null in a leaf.</summary>
    private readonly PageCacheNode?[]? _children;

    /// <summary>Each page's <see cref="PageSlot"/>; null in an inner node.</summary>
    private readonly ulong[]? _slots;

    internal PageCacheNode(int level)
    {
        _level = level;
        if (level == 0)
        {
            _slots = new ulong[Fanout];
        }
        else
        {
            _children = new PageCacheNode?[Fanout];
        }
    }

    internal bool IsLeaf => _level == 0;

    private int Shift => _level * LevelBits;

    /// <summary>Whether a page number is low enough for a tree with this node as its root.</summary>
    internal bool Covers(ulong pageIndex) => Shift + LevelBits >= 64 || pageIndex >> (Shift + LevelBits) == 0;

    internal PageCacheNode? Child(ulong pageIndex) => Shared.Read(in _children![PositionOf(pageIndex)], _children);

    internal PageCacheNode ChildOrNew(ulong pageIndex)
    {
        ref PageCacheNode? place = ref _children![PositionOf(pageIndex)];
        if (place is null)
        {
            Shared.Write(ref place, new PageCacheNode(_level - 1), _children);
        }

        return place!;
    }

    /// <summary>A node one level up whose first child is this one.</summary>
    internal PageCacheNode NewParent()
    {
        PageCacheNode parent = new(_level + 1);
        parent._children![0] = this;
        return parent;
    }

    internal PageSlot Read(ulong pageIndex) => PageSlot.Of(Shared.Read(in _slots![PositionOf(pageIndex)], _slots));

    internal void Write(ulong pageIndex, PageSlot slot) => Shared.Write(ref _slots![PositionOf(pageIndex)], slot.Bits, _slots);

    /// <summary>Lists the pages between two page numbers, both included, that are not absent.</summary>
    /// <param name="baseIndex">The lowest page number under this node.</param>
    /// <param name="firstPage">The lowest page number asked for.</param>
    /// <param name="lastPage">The highest page number asked for.</param>
    /// <param name="found">Receives the pages in order.</param>
    internal void Collect(ulong baseIndex, ulong firstPage, ulong lastPage, List<CachedPage> found)
    {
        for (int position = 0; position < Fanout; position++)
        {
            ulong start = baseIndex + ((ulong)position << Shift);
            ulong end = start + ((1UL << Shift) - 1);
            if (end < firstPage || start > lastPage)
            {
                continue;
            }

            if (_slots is not null)
            {
                if (_slots[position] != 0)
                {
                    found.Add(new CachedPage(start, PageSlot.Of(_slots[position])));
                }
            }
            else
            {
                _children![position]?.Collect(start, firstPage, lastPage, found);
            }
        }
    }

    private int PositionOf(ulong pageIndex) => (int)((pageIndex >> Shift) & (Fanout - 1));
}
