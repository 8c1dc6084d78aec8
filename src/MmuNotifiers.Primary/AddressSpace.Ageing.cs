using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>What reclaim asks of an address space. Holds no lock but a leaf's, and keeps the page tables from going meanwhile.</summary>
public sealed partial class AddressSpace
{
    /// <summary>
    /// Takes the accessed bits of every pte, and asks the secondaries about the other pages. Translations stay, so there is no bracket. Any
    /// thread, under a map lock or none.
    /// </summary>
    internal void Age(AgeWalk walk)
    {
        // Pairs with the write in Dispose, which waits for the section.
        using GraceSection section = _deviceFaults.Enter();
        if (Shared.Read(in _released, this) != 0)
        {
            return;
        }

        VirtualAddress address = VirtualAddress.Zero;
        while (_table.TryFindNext(ref address, out LeafTable leaf))
        {
            AgeLeaf(leaf, AddressRange.FromLength(address, LeafTable.SpanBytes), walk);
            address += LeafTable.SpanBytes;
        }
    }

    /// <summary>
    /// Whether a page that is about to be evicted was used after all, by a CPU or a device; it counts as unused from now on. False where the frame
    /// is not mapped at the address any more.
    /// </summary>
    /// <param name="page">Where the frame is thought to be mapped.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="asksSecondaries">Whether the secondaries are asked.</param>
    internal bool ClearFlushYoung(VirtualAddress page, FrameNumber frame, bool asksSecondaries)
    {
        using GraceSection section = _deviceFaults.Enter();
        if (Shared.Read(in _released, this) != 0)
        {
            return false;
        }

        LeafTable leaf = _table.Find(page);
        if (leaf.IsNull)
        {
            return false;
        }

        int index = LeafTable.IndexOf(page);
        leaf.Lock();
        Pte pte = leaf.Translate(index);
        bool isMapped = pte.IsPresent && !pte.IsSpecial && pte.Frame == frame && leaf.BelongsTo(_table, page);
        if (isMapped && pte.IsAccessed)
        {
            leaf.MarkOld(index);
        }

        leaf.Unlock();
        bool isAsked = isMapped && asksSecondaries && Subscriptions.HasAging;
        return isMapped && (pte.IsAccessed | (isAsked && Subscriptions.ClearFlushYoung(AddressRange.OfPage(page))));
    }

    private void AgeLeaf(LeafTable leaf, AddressRange range, AgeWalk walk)
    {
        walk.Begin();
        leaf.Lock();
        if (leaf.BelongsTo(_table, range.Start))
        {
            // Every entry of a huge page is in use, so it is seen whole, with one accessed bit for all.
            bool isHuge = leaf.IsHuge;
            bool isHugeYoung = isHuge && leaf.Translate(0).IsAccessed;
            for (int index = 0, left = leaf.Used; index < LeafTable.Entries && left > 0; index++)
            {
                Pte pte = isHuge ? leaf.Translate(index) : leaf.Read(index);
                left -= pte.IsNone ? 0 : 1;
                if (!pte.IsPresent || pte.IsSpecial)
                {
                    continue;
                }

                walk.Add(index, pte.Frame, pte.IsAccessed || isHugeYoung);
                if (pte.IsAccessed)
                {
                    leaf.MarkOld(index);
                }
            }
        }

        leaf.Unlock();
        if (walk.AsksSecondaries && Subscriptions.HasAging)
        {
            walk.Ask(Subscriptions, range);
        }

        walk.End();
    }
}
