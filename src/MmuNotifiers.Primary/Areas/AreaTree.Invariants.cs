namespace MmuNotifiers.Primary;

internal sealed partial class AreaTree
{
    /// <summary>Checks order, links, bounds and gaps of every node. Under the map lock.</summary>
    /// <exception cref="InvariantViolationException">Something does not hold.</exception>
    internal void AssertInvariants()
    {
        int seen = 0;
        Area? before = null;
        AreaNode? leafBefore = null;
        AssertNode(_root, ref seen, ref before, ref leafBefore);
        Require(seen == Count, $"{Count} areas are counted, but {seen} are in the tree");
        Require(leafBefore == _lastLeaf && _lastLeaf.Next is null, "the last leaf is not the last one");
        Require(_recent is null || _recent == LeafFromRoot(_recent.Keys[0]), "the leaf of the last look-up is not in the tree");
    }

    private void AssertNode(AreaNode node, ref int seen, ref Area? before, ref AreaNode? leafBefore)
    {
        if (node.IsLeaf)
        {
            Require(node.Previous == leafBefore && (leafBefore is null || leafBefore.Next == node), "leaves are not linked in order");
            leafBefore = node;
        }

        Require(node == _root || node.Count > 0, "a node is empty");
        for (int slot = 0; slot < AreaNode.Capacity; slot++)
        {
            if (slot >= node.Count)
            {
                Require(
                    node.Keys[slot] == KeyBlock.Unused && node.Gaps[slot] == 0 && node.Slots[slot] is null,
                    $"slot {slot} behind the {node.Count} of a node is in use");
            }
            else if (node.IsLeaf)
            {
                Area area = node.AreaAt(slot);
                Require(node.Keys[slot] == (long)area.Range.Start.Value, $"the key of {area.Range} is another address");
                Require(before is null || before.Range.End <= area.Range.Start, $"{area.Range} overlaps {before?.Range}");
                Require(node.Gaps[slot] == node.Keys[slot] - EndOf(before), $"the gap below {area.Range} is not {node.Gaps[slot]:x}");
                before = area;
                seen++;
            }
            else
            {
                AssertChild(node, slot, ref seen, ref before, ref leafBefore);
            }
        }
    }

    private void AssertChild(AreaNode node, int slot, ref int seen, ref Area? before, ref AreaNode? leafBefore)
    {
        AreaNode child = node.ChildAt(slot);
        Require(node.Keys[slot] == child.Keys[0], $"a node starts elsewhere than at {node.Keys[slot]:x}, where its parent sees it");
        Require(
            slot == 0 || (before is not null && (long)before.Range.Start.Value < node.Keys[slot]),
            $"a node contains what belongs beyond {node.Keys[slot]:x}");
        AssertNode(child, ref seen, ref before, ref leafBefore);
        Require(node.Gaps[slot] == KeyBlock.Max(in child.Gaps), "a node knows another largest gap than its child");
    }

    private static void Require(bool holds, string message) =>
        InvariantViolationException.ThrowIf(!holds, holds ? string.Empty : $"Area tree: {message}.");
}
