using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

public sealed partial class AddressSpace
{
    /// <inheritdoc/>
    public RangeFaultResult FaultRange(AddressRange range, AccessRights access, Span<Translation> translations) =>
        FaultRangeAndHold(range, access, translations, holds: null);

    /// <summary>As <see cref="FaultRange"/>, and notes what is handed out.</summary>
    /// <param name="range">The pages, page aligned.</param>
    /// <param name="access">What will be done to them.</param>
    /// <param name="translations">Receives one entry for each page.</param>
    /// <param name="holds">Notes, or holds, the frame of each translation; null for neither.</param>
    internal RangeFaultResult FaultRangeAndHold(
        AddressRange range, AccessRights access, Span<Translation> translations, FrameHolds? holds)
    {
        if (!range.IsPageAligned || (ulong)translations.Length < range.Pages)
        {
            throw new ArgumentException(
                $"The range {range} must be page aligned, and {translations.Length} translations must be enough for its {range.Pages} pages.",
                nameof(range));
        }

        // Pairs with the write in Dispose, which waits for the section.
        using GraceSection section = _deviceFaults.Enter();
        if (Shared.Read(in _released, this) != 0)
        {
            return new RangeFaultResult(FaultResult.NotMapped, 0);
        }

        int done = 0;
        for (VirtualAddress page = range.Start; page < range.End; page += Page.SizeBytes, done++)
        {
            while (!TryHandOut(page, access, out translations[done], holds) && access != AccessRights.None)
            {
                AccessResult fault = HandleFault(page, access, FaultOrigin.Device);
                if (!fault.Succeeded)
                {
                    return new RangeFaultResult(fault.Result, done);
                }
            }
        }

        return new RangeFaultResult(FaultResult.Success, done);
    }

    /// <summary>Faults every page of a range in, as MAP_POPULATE does. No lock is held.</summary>
    /// <returns>Success, or why the first page that failed did; the pages before it are in.</returns>
    internal FaultResult PopulatePages(AddressRange range, AccessRights access)
    {
        for (VirtualAddress page = range.Start; page < range.End; page += Page.SizeBytes)
        {
            AccessResult result = Access(page, access);
            if (!result.Succeeded)
            {
                return result.Result;
            }
        }

        return FaultResult.Success;
    }

    private bool TryHandOut(VirtualAddress page, AccessRights access, out Translation translation, FrameHolds? holds) => holds is null
        ? TryTranslate(page, access, out translation)
        : TryTranslateHeld(page, access, out translation, holds);

    /// <summary>As <see cref="TryTranslate"/>; the frame is noted, or held, before its leaf's lock is left.</summary>
    private bool TryTranslateHeld(VirtualAddress page, AccessRights access, out Translation translation, FrameHolds holds)
    {
        translation = default;
        LeafTable leaf = _table.Find(page);
        if (leaf.IsNull)
        {
            return false;
        }

        int index = LeafTable.IndexOf(page);
        leaf.Lock();
        Pte pte = leaf.Read(index);
        bool isPeek = access == AccessRights.None;
        bool found = (isPeek ? pte.IsHit(access) : pte.Allows(access)) && leaf.BelongsTo(_table, page);
        FrameHold hold = default;
        if (found)
        {
            if (!isPeek)
            {
                pte = pte.Used(access);
                leaf.Load(index, pte);
            }

            translation = new Translation(pte.Frame, pte.IsDirty ? pte.Rights : pte.Rights & ~AccessRights.Write);
            hold = pte.IsSpecial ? default : holds.Take(translation);
        }

        leaf.Unlock();
        if (!hold.IsNone)
        {
            holds.Add(page, hold);
        }

        return found;
    }

    /// <summary>
    /// A snapshot of one pte that allows an access. Write is among its rights only if the pte is dirty, so that whoever writes
    /// through the translation need not say so. No access at all: of a pte that is present and young, which stays as it is.
    /// </summary>
    /// <returns>Whether there is one; if not, <paramref name="translation"/> has no rights.</returns>
    private bool TryTranslate(VirtualAddress page, AccessRights access, out Translation translation)
    {
        LeafTable leaf = _table.Find(page);
        if (leaf.IsNull)
        {
            translation = default;
            return false;
        }

        int index = LeafTable.IndexOf(page);
        long revocations = leaf.ReadRevocations();
        bool isOurs = leaf.BelongsTo(_table, page);
        Pte pte = leaf.Translate(index);
        if (access != AccessRights.None && !pte.IsHit(access) && pte.Allows(access) && TryMarkUsed(leaf, page, access))
        {
            pte = leaf.Translate(index);
        }

        if (!pte.IsHit(access) || !isOurs || leaf.ReadRevocations() != revocations)
        {
            translation = default;
            return false;
        }

        translation = new Translation(pte.Frame, pte.IsDirty ? pte.Rights : pte.Rights & ~AccessRights.Write);
        return true;
    }
}
