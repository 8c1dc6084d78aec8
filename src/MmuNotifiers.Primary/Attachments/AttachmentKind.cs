namespace MmuNotifiers.Primary;

/// <summary>Where a notifier hangs, and when it is called: the places that the mail of January 2008 weighs.</summary>
public enum AttachmentKind
{
    /// <summary>The address space, with brackets around every change, fork included: v7, and what Linux merged.</summary>
    AddressSpace,

    /// <summary>The address space, with #v2's hooks: pages under the page-table lock, ranges when they may be free. Unsafe.</summary>
    Version2,

    /// <summary>As <see cref="Version2"/> for a secondary that pins every page that it maps, and is told of mprotect.</summary>
    Version2Pinned,

    /// <summary>The address space, with v5's hooks: everything under the page-table lock.</summary>
    Version5,

    /// <summary>The areas (vmas) that the secondary translates: original KVM, vmaspy.</summary>
    Area,

    /// <summary>Aligned blocks of addresses that the secondary translates in.</summary>
    Interval,

    /// <summary>The secondary's own objects (memslots): each has an interval, and is reached from it without a search.</summary>
    MemorySlot,

    /// <summary>IOPROC as it was: the first area of a range only, fork not reported. Unsafe.</summary>
    IoprocHistorical,

    /// <summary>IOPROC with every area of a range, and fork.</summary>
    IoprocComplete,
}
