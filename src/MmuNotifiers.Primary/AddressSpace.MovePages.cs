namespace MmuNotifiers.Primary;

public sealed partial class AddressSpace
{
    /// <summary>
    /// mremap: ptes go from one place to another with their frames and rights. The map lock is held, nothing is mapped at the target.
    /// Prefetching subscribers hear no update: an update is told without locks, when a fault could find the area, and neither holds here.
    /// </summary>
    /// <param name="from">The old addresses.</param>
    /// <param name="to">The first new address.</param>
    /// <param name="source">The area at the old addresses, which may be gone already.</param>
    internal void MovePages(AddressRange from, VirtualAddress to, Area source)
    {
        ulong distance = to - from.Start;
        SplitHugePages(from);
        CountAsWritten(from);
        using (Begin(HookSite.Move, InvalidationEvent.Unmap, from, source))
        {
            for (LeafTable leaf = _table.First(from); !leaf.IsNull; leaf = NextLeaf(leaf, from))
            {
                AddressRange part = leaf.Range.Intersect(from);
                while (!part.IsEmpty)
                {
                    LeafTable other = _table.Ensure(part.Start + distance);
                    ulong fits = Math.Min(part.LengthBytes, other.Range.End - (part.Start + distance));
                    AddressRange piece = AddressRange.FromLength(part.Start, fits);
                    MoveWithinLeaves(leaf, other, piece, distance);
                    part = new AddressRange(piece.End, part.End);
                }
            }
        }

        FinishChange(HookSite.Move, InvalidationEvent.Unmap, from, source);
    }

    private void MoveWithinLeaves(LeafTable from, LeafTable to, AddressRange piece, ulong distance)
    {
        LockBoth(from, to);
        for (VirtualAddress page = piece.Start; page < piece.End; page += Page.SizeBytes)
        {
            int index = LeafTable.IndexOf(page);
            Pte pte = from.Read(index);
            if (!pte.IsNone)
            {
                Revoke(from, index, Pte.None);
                to.Load(LeafTable.IndexOf(page + distance), pte);
            }
        }

        from.EndRevocation();
        FlushUnderLeafLock(HookSite.Move, piece, from, to);
        from.Unlock();
        if (to.LockOrder != from.LockOrder)
        {
            to.Unlock();
        }
    }

    /// <summary>Locks two leaves, which may be the same, in the order of their addresses.</summary>
    private static void LockBoth(LeafTable one, LeafTable other)
    {
        if (one.LockOrder == other.LockOrder)
        {
            one.Lock();
            return;
        }

        LeafTable first = one.LockOrder < other.LockOrder ? one : other;
        first.Lock();
        (first.LockOrder == one.LockOrder ? other : one).Lock();
    }
}
