namespace MmuNotifiers.Primary;

/// <summary>
/// What is free between the areas. Each leaf knows the gap below each of its areas and each inner node the largest below its
/// children, so that the highest gap of a size is found in logarithmic time. All of it under the map lock.
/// </summary>
internal sealed partial class AreaTree
{
    /// <summary>
    /// Finds the highest free range of a size within bounds.
    /// </summary>
    /// <param name="lengthBytes">The size in bytes, not zero.</param>
    /// <param name="bounds">Where the range must lie.</param>
    /// <param name="start">Where the range starts: as far up as it can.</param>
    internal bool TryFindHighestGap(ulong lengthBytes, AddressRange bounds, out VirtualAddress start)
    {
        VirtualAddress top = Last?.Range.End ?? VirtualAddress.Zero;
        AddressRange above = bounds.Intersect(new AddressRange(top, top > bounds.End ? top : bounds.End));
        if (!above.IsEmpty && above.LengthBytes >= lengthBytes)
        {
            start = above.End - lengthBytes;
            return true;
        }

        return TryFindGapIn(_root, lengthBytes, bounds, out start);
    }

    private static bool TryFindGapIn(AreaNode node, ulong lengthBytes, AddressRange bounds, out VirtualAddress start)
    {
        for (int slot = node.Count - 1; slot >= 0; slot--)
        {
            if (slot > 0 && (ulong)node.Keys[slot - 1] >= bounds.End.Value)
            {
                // All gaps of this slot lie above an area that starts at the upper bound or beyond it.
                continue;
            }

            if ((ulong)node.Gaps[slot] >= lengthBytes)
            {
                if (node.IsLeaf ? TryUseGap(node, slot, lengthBytes, bounds, out start)
                    : TryFindGapIn(node.ChildAt(slot), lengthBytes, bounds, out start))
                {
                    return true;
                }
            }

            if ((ulong)node.Keys[slot] <= bounds.Start.Value)
            {
                break;
            }
        }

        start = default;
        return false;
    }

    private static bool TryUseGap(AreaNode leaf, int slot, ulong lengthBytes, AddressRange bounds, out VirtualAddress start)
    {
        VirtualAddress end = leaf.AreaAt(slot).Range.Start;
        AddressRange usable = new AddressRange(end - (ulong)leaf.Gaps[slot], end).Intersect(bounds);
        start = usable.End - lengthBytes;
        return !usable.IsEmpty && usable.LengthBytes >= lengthBytes;
    }

    private static long EndOf(Area? area) => (long)(area?.Range.End.Value ?? 0);

    private static Area? AreaBefore(AreaNode leaf, int slot) =>
        slot > 0 ? leaf.AreaAt(slot - 1) : leaf.Previous?.AreaAt(leaf.Previous.Count - 1);

    private static Area? AreaBehind(AreaNode leaf, int slot) =>
        slot + 1 < leaf.Count ? leaf.AreaAt(slot + 1) : leaf.Next?.AreaAt(0);

    /// <summary>
    /// What lies below the area behind a slot of a leaf ends elsewhere now. The caller refreshes the nodes above the leaf.
    /// </summary>
    private void RefreshGapBehind(AreaNode leaf, int slot, long endBefore)
    {
        if (slot + 1 < leaf.Count)
        {
            leaf.Gaps[slot + 1] = leaf.Keys[slot + 1] - endBefore;
        }
        else if (leaf.Next is not null)
        {
            long key = leaf.Next.Keys[0];
            SetGap(_root, key, key - endBefore);
        }
    }

    private static void SetGap(AreaNode node, long key, long gap)
    {
        int slot = node.SlotFor(key);
        if (node.IsLeaf)
        {
            node.Gaps[slot] = gap;
            return;
        }

        AreaNode child = node.ChildAt(slot);
        SetGap(child, key, gap);
        node.Gaps[slot] = KeyBlock.Max(in child.Gaps);
    }
}
