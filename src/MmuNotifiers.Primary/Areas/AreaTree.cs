using System.Runtime.CompilerServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>
/// The areas of an address space by address: a B+tree of order 32, keyed by start. Looked up without a lock; changed under the
/// map lock while the map sequence is odd.
/// </summary>
/// <remarks>
/// A reader that overlaps a change may be led astray but is never hurt:
/// <code>
///   fault                                   mmap
///   sequence = 6, even
///   root, child 3                           sequence = 7
///                                           child 3 is split: its upper half moves to a new node
///   child 3 has no such key: null           sequence = 8
///   MapChangedSince(6): look up again
/// </code>
/// Every array access is checked, slots may be null, and the way down is no longer than the tree can be high.
/// </remarks>
internal sealed partial class AreaTree
{
    /// <summary>A tree of nodes that are at least a quarter full is not higher: 8^21 areas.</summary>
    private const int MaxHeight = 22;

    /// <summary>Written under the map lock with the sequence odd; read without.</summary>
    private AreaNode _root = new(isLeaf: true);

    /// <summary>Guarded by the map lock.</summary>
    private AreaNode _lastLeaf;

    /// <summary>
    /// Where the last look-up under the map lock ended, as the next is often beside it; null once the leaf has left the tree. Guarded by the
    /// map lock.
    /// </summary>
    private AreaNode? _recent;

    internal AreaTree() => _lastLeaf = _root;

    /// <summary>How many areas there are. Guarded by the map lock.</summary>
    internal int Count { get; private set; }

    /// <summary>
    /// The area that contains an address. Needs no lock: under the map sequence, which the caller checks afterwards, since the
    /// answer of a look-up that overlaps a change may be any area or null. Never throws, never loops.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Area? Find(VirtualAddress address)
    {
        Shared.BeforeSearch(this, "area tree");
        Area? area = FindStartingAtOrBelow(address);
        return area is not null && area.Range.Contains(address) ? area : null;
    }

    /// <summary>The last area that starts at or below an address. Same rule as <see cref="Find"/>.</summary>
    internal Area? FindStartingAtOrBelow(VirtualAddress address)
    {
        long key = (long)address.Value;
        AreaNode? node = _root;
        for (int step = 0; step < MaxHeight && node is not null; step++)
        {
            SlotBlock.Prefetch(ref node.Slots);
            int rank = KeyBlock.Rank(in node.Keys, key);
            if (node.IsLeaf)
            {
                return rank == 0 ? null : node.Slots[rank - 1] as Area;
            }

            node = node.Slots[rank == 0 ? 0 : rank - 1] as AreaNode;
        }

        return null;
    }

    /// <summary>The lowest area that ends above an address: the one that contains it or the next one up. Under the map lock.</summary>
    internal Area? FirstEndingAbove(VirtualAddress address)
    {
        (AreaNode leaf, int rank) = LeafOf(address);
        if (rank > 0 && leaf.AreaAt(rank - 1).Range.End > address)
        {
            return leaf.AreaAt(rank - 1);
        }

        if (rank < leaf.Count)
        {
            return leaf.AreaAt(rank);
        }

        return leaf.Next?.AreaAt(0);
    }

    /// <summary>The highest area that starts below an address. Under the map lock.</summary>
    internal Area? LastStartingBelow(VirtualAddress address)
    {
        if (address == VirtualAddress.Zero)
        {
            return null;
        }

        (AreaNode leaf, int rank) = LeafOf(address - 1);
        return rank == 0 ? null : leaf.AreaAt(rank - 1);
    }

    /// <summary>All areas in ascending order. Under the map lock.</summary>
    internal IEnumerable<Area> All()
    {
        AreaNode? leaf = _root;
        while (!leaf.IsLeaf)
        {
            leaf = leaf.ChildAt(0);
        }

        for (; leaf is not null; leaf = leaf.Next)
        {
            for (int slot = 0; slot < leaf.Count; slot++)
            {
                yield return leaf.AreaAt(slot);
            }
        }
    }

    /// <summary>The highest area. Under the map lock.</summary>
    internal Area? Last => _lastLeaf.Count == 0 ? null : _lastLeaf.AreaAt(_lastLeaf.Count - 1);

    private (AreaNode Leaf, int Rank) LeafOf(VirtualAddress address)
    {
        long key = KeyOf(address);
        if (_recent is not { } leaf || !leaf.IsWhereToLookFor(key))
        {
            _recent = leaf = LeafFromRoot(key);
        }

        return (leaf, KeyBlock.Rank(in leaf.Keys, key));
    }

    private AreaNode LeafFromRoot(long key)
    {
        AreaNode node = _root;
        while (!node.IsLeaf)
        {
            node = node.ChildAt(node.SlotFor(key));
        }

        return node;
    }

    /// <summary>Areas end below 2^63: beyond it one address is as high as another.</summary>
    private static long KeyOf(VirtualAddress address) => (long)Math.Min(address.Value, (ulong)KeyBlock.Unused - 1);
}
