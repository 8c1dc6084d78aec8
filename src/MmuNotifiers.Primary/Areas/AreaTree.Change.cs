using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>How the tree changes: under the map lock, with the sequence odd.</summary>
internal sealed partial class AreaTree
{
    /// <summary>A node with fewer slots is joined with a neighbour, if the two fit into three quarters of a node.</summary>
    private const int SparseCount = AreaNode.Capacity / 4;

    private const int JoinedCount = AreaNode.Capacity * 3 / 4;

    /// <summary>Adds an area that overlaps no other.</summary>
    internal void Insert(Area area)
    {
        Shared.BeforeChange(this, "area tree");
        AreaNode? upper = InsertInto(_root, area);
        if (upper is not null)
        {
            AreaNode root = new(isLeaf: false);
            root.Insert(0, _root.Keys[0], _root, KeyBlock.Max(in _root.Gaps));
            root.Insert(1, upper.Keys[0], upper, KeyBlock.Max(in upper.Gaps));
            _root = root;
        }

        Count++;
    }

    /// <summary>Removes an area.</summary>
    internal void Remove(Area area)
    {
        Shared.BeforeChange(this, "area tree");
        RemoveFrom(_root, area);
        while (!_root.IsLeaf && _root.Count <= 1)
        {
            _root = _root.Count == 1 ? _root.ChildAt(0) : _lastLeaf = new AreaNode(isLeaf: true);
        }

        Count--;
    }

    /// <summary>Puts an area in the place of another; it may start and end elsewhere but overlaps no third one.</summary>
    internal void Replace(Area old, Area area)
    {
        Shared.BeforeChange(this, "area tree");
        (AreaNode leaf, int rank) = LeafOf(old.Range.Start);
        InvariantViolationException.ThrowIf(
            rank == 0 || !ReferenceEquals(leaf.Slots[rank - 1], old), $"The area {old.Range} is not in the tree.");
        leaf.Slots[rank - 1] = area;
        if (old.Range.Start != area.Range.Start)
        {
            SetStart(_root, (long)old.Range.Start.Value, (long)area.Range.Start.Value);
        }

        if (old.Range.End != area.Range.End && AreaBehind(leaf, rank - 1) is { } next)
        {
            SetGap(_root, (long)next.Range.Start.Value, (long)next.Range.Start.Value - EndOf(area));
        }
    }

    /// <summary>
    /// Puts areas in the place of others. Both cover the same addresses without holes, so that nothing changes for what lies
    /// around them: within one leaf no other node is touched.
    /// </summary>
    internal void Substitute(ReadOnlySpan<Area> old, ReadOnlySpan<Area> areas)
    {
        (AreaNode leaf, int rank) = LeafOf(old[0].Range.Start);
        int slot = rank - 1;
        int count = leaf.Count + areas.Length - old.Length;
        bool staysSound = count <= AreaNode.Capacity && (count >= leaf.Count || count >= SparseCount);
        if (!staysSound || slot + old.Length > leaf.Count)
        {
            SubstituteOneByOne(old, areas);
            return;
        }

        InvariantViolationException.ThrowIf(!ReferenceEquals(leaf.Slots[slot], old[0]), $"The area {old[0].Range} is not in the tree.");
        leaf.Slots[slot] = areas[0];
        int common = Math.Min(old.Length, areas.Length);
        for (int index = 1; index < common; index++)
        {
            leaf.Keys[slot + index] = (long)areas[index].Range.Start.Value;
            leaf.Slots[slot + index] = areas[index];
        }

        for (int index = common; index < areas.Length; index++)
        {
            leaf.Insert(slot + index, (long)areas[index].Range.Start.Value, areas[index], gap: 0);
        }

        for (int index = common; index < old.Length; index++)
        {
            leaf.Remove(slot + common);
        }

        Count += areas.Length - old.Length;
    }

    /// <summary>An area starts elsewhere than it did: in its leaf, and in what the nodes above know of it.</summary>
    private static void SetStart(AreaNode node, long oldKey, long key)
    {
        int slot = node.SlotFor(oldKey);
        if (node.IsLeaf)
        {
            node.Gaps[slot] += key - oldKey;
            node.Keys[slot] = key;
            return;
        }

        AreaNode child = node.ChildAt(slot);
        SetStart(child, oldKey, key);
        node.Keys[slot] = child.Keys[0];
        node.Gaps[slot] = KeyBlock.Max(in child.Gaps);
    }

    private void SubstituteOneByOne(ReadOnlySpan<Area> old, ReadOnlySpan<Area> areas)
    {
        foreach (Area area in old)
        {
            Remove(area);
        }

        foreach (Area area in areas)
        {
            Insert(area);
        }
    }

    /// <returns>The node for the upper half, if the node was full and had to be split.</returns>
    private AreaNode? InsertInto(AreaNode node, Area area)
    {
        long key = (long)area.Range.Start.Value;
        if (node.IsLeaf)
        {
            return InsertIntoLeaf(node, area);
        }

        int slot = node.SlotFor(key);
        node.Keys[slot] = Math.Min(node.Keys[slot], key);
        AreaNode child = node.ChildAt(slot);
        AreaNode? upperChild = InsertInto(child, area);
        node.Gaps[slot] = KeyBlock.Max(in child.Gaps);
        if (upperChild is null)
        {
            return null;
        }

        AreaNode? upper = null;
        AreaNode target = node;
        slot++;
        if (node.IsFull)
        {
            upper = new AreaNode(isLeaf: false);
            int middle = MiddleFor(slot);
            node.MoveTo(upper, middle);
            if (slot > middle)
            {
                target = upper;
                slot -= middle;
            }
        }

        target.Insert(slot, upperChild.Keys[0], upperChild, KeyBlock.Max(in upperChild.Gaps));
        return upper;
    }

    private AreaNode? InsertIntoLeaf(AreaNode leaf, Area area)
    {
        long key = (long)area.Range.Start.Value;
        int rank = KeyBlock.Rank(in leaf.Keys, key);
        AreaNode? upper = null;
        AreaNode target = leaf;
        if (leaf.IsFull)
        {
            upper = SplitLeaf(leaf, MiddleFor(rank));
            if (rank > leaf.Count)
            {
                rank -= leaf.Count;
                target = upper;
            }
        }

        // What follows in the leaf knows where the area before ends, which saves looking at that area.
        long endBefore = rank < target.Count ? target.Keys[rank] - target.Gaps[rank] : EndOf(AreaBefore(target, rank));
        target.Insert(rank, key, area, key - endBefore);
        if (target == leaf && rank + 1 == leaf.Count && upper is not null)
        {
            // The upper half cannot be reached from the root yet; whoever enters it there reads its gaps.
            upper.Gaps[0] = upper.Keys[0] - EndOf(area);
        }
        else
        {
            RefreshGapBehind(target, rank, EndOf(area));
        }

        return upper;
    }

    private AreaNode SplitLeaf(AreaNode leaf, int middle)
    {
        AreaNode upper = new(isLeaf: true) { Previous = leaf, Next = leaf.Next };
        leaf.MoveTo(upper, middle);
        leaf.Next = upper;
        if (upper.Next is null)
        {
            _lastLeaf = upper;
        }
        else
        {
            upper.Next.Previous = upper;
        }

        return upper;
    }

    /// <summary>Where to split a full node: insertions in ascending or descending order leave full nodes behind.</summary>
    private static int MiddleFor(int slot) => slot switch
    {
        <= 1 => 1,
        AreaNode.Capacity => AreaNode.Capacity - 1,
        _ => AreaNode.Capacity / 2,
    };

    private void RemoveFrom(AreaNode node, Area area)
    {
        long key = (long)area.Range.Start.Value;
        if (node.IsLeaf)
        {
            int place = KeyBlock.Rank(in node.Keys, key) - 1;
            InvariantViolationException.ThrowIf(
                place < 0 || !ReferenceEquals(node.Slots[place], area), $"The area {area.Range} is not in the tree.");
            long endBefore = node.Keys[place] - node.Gaps[place];
            node.Remove(place);
            RefreshGapBehind(node, place - 1, endBefore);
            return;
        }

        int slot = node.SlotFor(key);
        AreaNode child = node.ChildAt(slot);
        RemoveFrom(child, area);
        node.Gaps[slot] = KeyBlock.Max(in child.Gaps);
        if (child.Count == 0)
        {
            Unlink(child);
            node.Remove(slot);
            return;
        }

        // Were the bound left where it was, an address between it and the child's first key would be looked up in this child,
        // though the area that contains it ends the child before.
        node.Keys[slot] = child.Keys[0];
        if (child.Count < SparseCount)
        {
            if (slot == 0 || !TryJoin(node, slot - 1))
            {
                TryJoin(node, slot);
            }
        }
    }

    /// <summary>Joins the child of a slot with the next one if that leaves room.</summary>
    private bool TryJoin(AreaNode node, int slot)
    {
        if (slot + 1 >= node.Count || node.ChildAt(slot).Count + node.ChildAt(slot + 1).Count > JoinedCount)
        {
            return false;
        }

        AreaNode lower = node.ChildAt(slot);
        AreaNode upper = node.ChildAt(slot + 1);
        upper.MoveTo(lower, 0);
        Unlink(upper);
        node.Gaps[slot] = KeyBlock.Max(in lower.Gaps);
        node.Remove(slot + 1);
        return true;
    }

    private void Unlink(AreaNode node)
    {
        if (!node.IsLeaf)
        {
            return;
        }

        _recent = null;
        if (node.Previous is not null)
        {
            node.Previous.Next = node.Next;
        }

        if (node.Next is not null)
        {
            node.Next.Previous = node.Previous;
        }
        else if (node.Previous is not null)
        {
            _lastLeaf = node.Previous;
        }
    }
}
