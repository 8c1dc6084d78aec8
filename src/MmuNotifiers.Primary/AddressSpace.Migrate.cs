using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

public sealed partial class AddressSpace
{
    /// <summary>Tells address spaces of one memory apart and orders their map locks: a child's is higher than its parent's.</summary>
    internal long Number { get; }

    /// <summary>
    /// Moves pages to other frames (migrate_pages): the addresses, contents and rights stay, in every address space that maps the
    /// page. Subscribers of each of these see one bracket with <see cref="InvalidationEvent.Migrate"/> for each page. May block.
    /// </summary>
    /// <param name="range">Page aligned; pages that are not mapped are passed over.</param>
    /// <param name="owner">Who moves them; a subscriber that is the owner may ignore the bracket, and sees to its translations itself.</param>
    /// <returns>How many pages moved, and how many could not.</returns>
    /// <exception cref="ArgumentException">The range is not page aligned.</exception>
    /// <remarks>
    /// The order is the contract's: subscribers drop their translations, the ptes go, and only then are the bytes copied. A device that
    /// could still write the old frame while it is copied would lose what it writes.
    /// </remarks>
    public MigrationResult Migrate(AddressRange range, object? owner = null)
    {
        AddressRange rest = Within(range);
        MigrationResult total = default;
        while (TryFindLeafRange(rest, out AddressRange part))
        {
            for (VirtualAddress page = part.Start; page < part.End; page += Page.SizeBytes)
            {
                total = total.Plus(MigratePage(page, owner));
            }

            rest = new AddressRange(part.End, rest.End);
        }

        return total;
    }

    /// <summary>Waits for the map lock on behalf of a migration, and holds it until <see cref="ExitAfterMigration"/>.</summary>
    /// <returns>False, without the lock, if the address space is gone.</returns>
    internal bool TryEnterForMigration()
    {
        _mapLock.Enter();
        if (Shared.Read(in _released, this) == 0)
        {
            return true;
        }

        _mapLock.Exit();
        return false;
    }

    internal void ExitAfterMigration() => _mapLock.Exit();

    /// <summary>Opens the bracket over a page that is about to leave its frame. The map lock is held.</summary>
    internal InvalidationScope BeginMigration(VirtualAddress page, object? owner) =>
        Begin(HookSite.Migrate, MigrationOf(page, owner));

    /// <summary>The page has left its frame, the bracket has ended.</summary>
    /// <param name="page">The page.</param>
    /// <param name="owner">Who moves it.</param>
    /// <param name="when">AfterChange before the old frame can be freed, AfterFree behind that.</param>
    internal void TellMigratedLate(VirtualAddress page, object? owner, HookPlacement when) =>
        TellLate(HookSite.Migrate, when, MigrationOf(page, owner));

    private InvalidationRange MigrationOf(VirtualAddress page, object? owner) =>
        new(AddressRange.OfPage(page), InvalidationEvent.Migrate, FindArea(page), owner);

    /// <summary>Takes a pte out of use if it still maps a frame. The mapping becomes a reference of the caller. Inside the bracket.</summary>
    internal bool TryTakeForMigration(VirtualAddress page, FrameNumber frame, out Pte pte)
    {
        pte = default;
        LeafTable leaf = _table.Find(page);
        if (leaf.IsNull)
        {
            return false;
        }

        int index = LeafTable.IndexOf(page);
        leaf.Lock();
        pte = leaf.Read(index);
        if (!pte.IsPresent || pte.IsSpecial || pte.Frame != frame)
        {
            leaf.Unlock();
            return false;
        }

        Revoke(leaf, index, Pte.Migration);
        Frames.MappingBecomesReference(frame);
        FinishRevocation(leaf, AddressRange.OfPage(page), HookSite.Migrate);
        return true;
    }

    /// <summary>Puts a pte back, with the same frame or another. A reference of the caller becomes the mapping. The map lock was held since.</summary>
    internal void PutAfterMigration(VirtualAddress page, Pte pte)
    {
        LeafTable leaf = _table.Find(page);
        leaf.Lock();
        leaf.Load(LeafTable.IndexOf(page), pte);
        Frames.ReferenceBecomesMapping(pte.Frame);
        leaf.Unlock();
        FinishChange(HookSite.Migrate, InvalidationEvent.Migrate, AddressRange.OfPage(page), FindArea(page));
    }

    /// <summary>A fault on a page that is on its way: starts over when it has arrived.</summary>
    private bool WaitForMigration(out AccessResult result)
    {
        result = default;
        using SharedLock.Scope held = _mapLock.EnterScope();
        return false;
    }

    private MigrationResult MigratePage(VirtualAddress page, object? owner)
    {
        SplitHugePage(page);
        if (!TryReferenceMapped(page, out FrameNumber frame))
        {
            return IsDevices(page) ? new MigrationResult(0, 1) : default;
        }

        bool moved = false;
        if (Memory.TryAllocate(out FrameNumber fresh))
        {
            try
            {
                moved = new FrameMigration(Memory, frame, fresh, owner).Run();
            }
            finally
            {
                Memory.Put(fresh);
                Memory.Put(frame);
            }
        }
        else
        {
            Memory.Put(frame);
        }

        return moved ? new MigrationResult(1, 0) : new MigrationResult(0, 1);
    }

    /// <summary>Whether a device has the page for itself at this moment.</summary>
    private bool IsDevices(VirtualAddress page)
    {
        LeafTable leaf = _table.Find(page);
        return !leaf.IsNull && leaf.Read(LeafTable.IndexOf(page)).Kind == PteKind.DeviceExclusive && leaf.BelongsTo(_table, page);
    }

    /// <summary>A reference on the frame that a pte maps, special ones aside.</summary>
    private bool TryReferenceMapped(VirtualAddress page, out FrameNumber frame)
    {
        frame = default;
        LeafTable leaf = _table.Find(page);
        if (leaf.IsNull)
        {
            return false;
        }

        leaf.Lock();
        Pte pte = leaf.Translate(LeafTable.IndexOf(page));
        bool isMapped = pte.IsPresent && !pte.IsSpecial && leaf.BelongsTo(_table, page);
        if (isMapped)
        {
            frame = pte.Frame;
            Frames.Get(frame);
        }

        leaf.Unlock();
        return isMapped;
    }

    /// <summary>The part of a range that the first leaf table in it translates, if there is one.</summary>
    private bool TryFindLeafRange(AddressRange range, out AddressRange part)
    {
        using SharedLock.Scope held = _mapLock.EnterScope();
        LeafTable leaf = _table.First(range);
        part = leaf.IsNull ? default : leaf.Range.Intersect(range);
        return !part.IsEmpty;
    }
}
