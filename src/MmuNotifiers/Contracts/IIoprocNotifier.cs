namespace MmuNotifiers;

/// <summary>
/// The operations of Quadrics' IOPROC patch (D. Addison, April 2005) for a card with a TLB of its own: attached to the address space, but
/// every operation is handed an area. A driver may leave out what it does not need: the members with a body do nothing, or fall
/// back from a page to a range.
/// </summary>
/// <remarks>
/// IOPROC relied on the lock of the page table being held from a callback to the change of the entries, so that a translation that the
/// card loads meanwhile waits for it. Here no lock is held and a callback may block; instead nothing of the range may be loaded from the
/// return of <see cref="InvalidateRange"/>, <see cref="ChangeProtection"/> or <see cref="SyncRange"/> until <see cref="ResumeLoads"/>
/// was called as often for it.
/// <para>A driver believes the area: of a range it drops what lies in the area that it was handed, and no more.</para>
/// </remarks>
public interface IIoprocNotifier
{
    /// <summary>The address space goes away: called once, before any page is freed. No operation follows.</summary>
    void Release();

    /// <summary>
    /// Called before the entries of the range lose their translations, while every page is still mapped. On return the card does not
    /// touch the memory.
    /// </summary>
    /// <param name="area">The area, as it was before the change.</param>
    /// <param name="range">The pages; may pass the ends of the area only in the historical form.</param>
    void InvalidateRange(IMappedArea area, AddressRange range);

    /// <summary>As <see cref="InvalidateRange"/>, for one page.</summary>
    void InvalidatePage(IMappedArea area, VirtualAddress address) => InvalidateRange(area, AddressRange.OfPage(address));

    /// <summary>
    /// Called before the protection of the range changes: mprotect. A downgrade must be honoured on return; an upgrade may be taken for an
    /// update.
    /// </summary>
    /// <param name="area">The area, with its new rights.</param>
    /// <param name="range">The pages.</param>
    /// <param name="rights">The rights from now on.</param>
    void ChangeProtection(IMappedArea area, AddressRange range, AccessRights rights);

    /// <summary>
    /// Called before pages are written back (msync): from now on each access of the card must be noted anew as a use or a store.
    /// </summary>
    void SyncRange(IMappedArea area, AddressRange range) => InvalidateRange(area, range);

    /// <summary>As <see cref="SyncRange"/>, for one page.</summary>
    void SyncPage(IMappedArea area, VirtualAddress address) => SyncRange(area, AddressRange.OfPage(address));

    /// <summary>
    /// Called after translations were loaded; a hint from which the card may prefetch, as it would fault.
    /// </summary>
    void UpdateRange(IMappedArea area, AddressRange range)
    {
    }

    /// <summary>As <see cref="UpdateRange"/>, for one page.</summary>
    void UpdatePage(IMappedArea area, VirtualAddress address) => UpdateRange(area, AddressRange.OfPage(address));

    /// <summary>The change that was announced for the range is done; pages may have been freed. Translations may be loaded again.</summary>
    void ResumeLoads(IMappedArea area, AddressRange range);
}
