namespace MmuNotifiers.Primary;

/// <summary>The places in the primary that tell subscribers of a change: one entry of the <see cref="HookTable"/> each.</summary>
public enum HookSite
{
    /// <summary>Pages leave the address space: munmap, and what a fixed mapping replaces.</summary>
    Unmap,

    /// <summary>mprotect.</summary>
    Protect,

    /// <summary>mremap takes pages away from where they were.</summary>
    Move,

    /// <summary>fork write-protects the parent's private pages.</summary>
    Fork,

    /// <summary>A store to a shared private page gets a copy.</summary>
    CopyOnWrite,

    /// <summary>A store replaces the zero page.</summary>
    ZeroPage,

    /// <summary>madvise(MADV_DONTNEED).</summary>
    Discard,

    /// <summary>madvise(MADV_FREE): pages become clean and may go.</summary>
    LazyFree,

    /// <summary>Guard regions are installed.</summary>
    Guard,

    /// <summary>An object lost pages: truncation, punched hole.</summary>
    ObjectUnmap,

    /// <summary>remap_file_pages: pages come to show other pages of the object.</summary>
    RemapPages,

    /// <summary>Frames that belong to nobody are mapped in: remap_pfn_range.</summary>
    RemapFrames,

    /// <summary>A caller changes ptes itself: apply_to_page_range.</summary>
    ApplyToPageRange,

    /// <summary>Dirty pages are written back and write-protected: msync.</summary>
    WriteBack,

    /// <summary>The address space goes away.</summary>
    Release,

    /// <summary>Translations were loaded.</summary>
    Update,

    /// <summary>A change of protection is announced with its rights.</summary>
    ChangeProtection,

    /// <summary>Pages move to other frames.</summary>
    Migrate,

    /// <summary>Pages are write-protected so that the next store to each is noticed.</summary>
    SoftDirty,

    /// <summary>A page comes to share a frame with an equal one.</summary>
    Merge,

    /// <summary>Small pages become a huge one: madvise(MADV_COLLAPSE).</summary>
    Collapse,

    /// <summary>A huge page becomes small ones.</summary>
    Split,

    /// <summary>Pages become a device's own.</summary>
    MakeExclusive,

    /// <summary>A CPU, or another device, gets such a page back.</summary>
    TakeBack,

    /// <summary>Pages are evicted: reclaim, madvise(MADV_PAGEOUT).</summary>
    SwapOut,

    /// <summary>Private pages of an address space that is being killed go; the bracket does not block.</summary>
    Reap,
}
