using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

public sealed partial class AddressSpace
{
    /// <summary>
    /// Whether invariant I7 is asserted. As a rule for the standard hook table only: another one leaves brackets out on purpose, to show
    /// what becomes of it.
    /// </summary>
    internal bool AssertsCoverage { get; set; }

    /// <summary>
    /// Checks everything that must hold between operations: ptes against areas, rights, exclusiveness, counts, and the reverse
    /// mapping of every frame. Stops changes of areas while it runs; nobody may fault meanwhile.
    /// </summary>
    /// <exception cref="InvariantViolationException">Something does not hold; the message says what and where.</exception>
    public void AssertInvariants()
    {
        using SharedLock.Scope held = _mapLock.EnterScope();
        AssertAreaInvariants();
        for (LeafTable leaf = _table.First(AddressRange.All); !leaf.IsNull; leaf = NextLeaf(leaf, AddressRange.All))
        {
            leaf.Lock();
            try
            {
                AssertLeaf(leaf);
            }
            finally
            {
                leaf.Unlock();
            }
        }
    }

    /// <summary>Whether a pte here maps a frame at an address: how a candidate of the reverse mapping is checked.</summary>
    internal bool Maps(VirtualAddress address, FrameNumber frame)
    {
        LeafTable leaf = _table.Find(address);
        if (leaf.IsNull)
        {
            return false;
        }

        long revocations = leaf.ReadRevocations();
        bool isOurs = leaf.BelongsTo(_table, address);
        Pte pte = leaf.Translate(LeafTable.IndexOf(address));
        return isOurs && leaf.ReadRevocations() == revocations && pte.IsPresent && !pte.IsSpecial && pte.Frame == frame;
    }

    /// <summary>
    /// A pte is about to lose something. In debug builds and under a race checker it is asserted that an open bracket covers the page (I7).
    /// </summary>
    /// <remarks>
    /// Under a race checker this is a store to the frame that the pte maps: who reaches that frame through a cached translation depends on whether
    /// the translation is still true, so both orders of the two have to be tried.
    /// </remarks>
    private void BeforeRevocation(LeafTable leaf, int index)
    {
        if (!Checks.AreOn)
        {
            return;
        }

        VirtualAddress page = leaf.Range.Start + ((ulong)index << Page.Shift);
        if (AssertsCoverage)
        {
            Subscriptions.AssertCovered(AddressRange.OfPage(page));
        }

        Subscriptions.BracketObserver?.Revoked(page);
        Pte pte = leaf.Read(index);
        if (pte.IsPresent && pte.Frame.Value < (ulong)Memory.FrameCount)
        {
            Shared.BeforeWrite(Memory.Address(pte.Frame), Page.SizeBytes, "translation of frame");
        }
    }

    /// <summary>The pte of a page at this moment, for a checker, while nobody else runs.</summary>
    internal Pte PeekPte(VirtualAddress page)
    {
        if (_table.Root == 0)
        {
            return Pte.None;
        }

        LeafTable leaf = _table.Find(page);
        return !leaf.IsNull && leaf.BelongsTo(_table, page) ? leaf.Translate(LeafTable.IndexOf(page)) : Pte.None;
    }

    /// <summary>Where the pte of a page lies, or 0 if there is no table for it.</summary>
    internal nint PteAddress(VirtualAddress page)
    {
        LeafTable leaf = _table.Root == 0 ? default : _table.Find(page);
        return leaf.IsNull ? 0 : leaf.AddressOf(LeafTable.IndexOf(page));
    }

    /// <summary>Whether the page-table lock over an address is held at this moment: for assertions about when callbacks come.</summary>
    internal bool IsTableLocked(VirtualAddress address) => _table.Find(address) is { IsNull: false, IsLocked: true };

    private void AssertLeaf(LeafTable leaf)
    {
        int used = 0;
        PageCounts counts = default;
        for (int index = 0; index < LeafTable.Entries; index++)
        {
            Pte pte = leaf.Translate(index);
            if (!pte.IsNone)
            {
                used++;
                counts = counts.Replaced(Pte.None, pte);
                AssertPte(leaf.Range.Start + ((ulong)index << Page.Shift), pte);
            }

            Require(leaf.IsHuge == leaf.Read(index).IsInHugePage, leaf.Range.Start, $"its leaf is a huge page or not, but entry {index} says otherwise");
        }

        Require(used == leaf.Used, leaf.Range.Start, $"its leaf counts {leaf.Used} entries but has {used}");
        Require(counts == leaf.ReadCounts(), leaf.Range.Start, $"its leaf counts pages as {leaf.ReadCounts()} but has {counts}");
    }

    private void AssertPte(VirtualAddress page, Pte pte)
    {
        Area? area = FindArea(page);
        Require(area is not null, page, $"{pte} lies in no area");
        if (!pte.IsPresent)
        {
            bool isDevices = pte.Kind == PteKind.DeviceExclusive;
            Require(pte.IsGuard || isDevices || area!.Has(AreaFlags.Nonlinear), page, $"{pte} in an area that has none such");
            Require(!isDevices || (area!.IsPrivate && Frames.Mappings(pte.Frame) == 1), page, $"{pte} is a device's own, yet mapped elsewhere");
            return;
        }

        Require((pte.Rights & ~HardwareRights(area!.Rights)) == 0, page, $"{pte} allows more than its area ({area.Rights})");
        if (pte.IsSpecial)
        {
            Require(!pte.IsWritable || area.Has(AreaFlags.FrameMap), page, $"{pte} is a writable zero page");
            return;
        }

        Require(!pte.IsWritable || !pte.IsDirty || pte.IsSoftDirty, page, $"{pte} can be written unnoticed by those who track soft-dirty pages");
        bool isPrivatePage = Frames.Has(pte.Frame, FrameFlags.Anonymous);
        Require(isPrivatePage != pte.IsObject, page, $"{pte} is counted as a page of the wrong kind");
        Require(!isPrivatePage || area.IsPrivate, page, $"{pte} is a private page in a shared area");
        Require(!(area.IsPrivate && pte.IsWritable) || pte.IsExclusive, page, $"{pte} is writable but not exclusive");
        Require(!pte.IsExclusive || Frames.Mappings(pte.Frame) == 1, page, $"{pte} is exclusive but mapped {Frames.Mappings(pte.Frame)} times");
        Require(Frames.References(pte.Frame) >= Frames.Mappings(pte.Frame), page, $"{pte} has fewer references than mappings");
        Require(isPrivatePage || ReferenceEquals(Frames.Owner(pte.Frame), area.Object), page, $"{pte} does not belong to the area's object");
        if (!area.Has(AreaFlags.Nonlinear))
        {
            List<Mapping> mappings = ReverseMapping.Find(Memory, pte.Frame);
            Require(mappings.Contains(new Mapping(this, page)), page, $"{pte} is not found by its reverse mapping");
        }
    }

    private static void Require(bool holds, VirtualAddress page, string message) =>
        InvariantViolationException.ThrowIf(!holds, holds ? string.Empty : $"At {page}: {message}.");
}
