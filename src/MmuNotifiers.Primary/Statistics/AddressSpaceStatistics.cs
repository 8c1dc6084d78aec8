namespace MmuNotifiers.Primary;

/// <summary>
/// What an address space has in memory, and what it lost and got back since it was made. All are numbers of pages of 4096 bytes. Each is
/// exact while nobody changes the address space; together they are not of one moment.
/// </summary>
public readonly record struct AddressSpaceStatistics
{
    /// <summary>
    /// Private pages that are mapped, or a device's own for a while: of anonymous memory, and copies of an object's pages (RssAnon). A page that
    /// several share counts for each; the zero page for none.
    /// </summary>
    public long AnonymousPages { get; init; }

    /// <summary>Pages of shared memory and files that are mapped (RssShmem and RssFile).</summary>
    public long ObjectPages { get; init; }

    /// <summary>Private pages that were evicted and have not come back (VmSwap). Pages of objects belong to the object then, and to nobody here.</summary>
    public long SwappedPages { get; init; }

    /// <summary>
    /// Those among <see cref="SwappedPages"/> that are in memory all the same: another address space got them back, they were read ahead, or are
    /// being written.
    /// </summary>
    public long SwapCachePages { get; init; }

    /// <summary>Pages that faults brought back from swap, whether they read them or found them in the swap cache.</summary>
    public long SwapIns { get; init; }

    /// <summary>
    /// Pages that were evicted and that a fault brought back: swap-ins, pages of files that were read again, and shared memory that went without
    /// ever having been written.
    /// </summary>
    public long Refaults { get; init; }

    /// <summary>Pages that were evicted while they were mapped here.</summary>
    public EvictionCounts Evictions { get; init; }

    /// <summary>Pages that are mapped: what a limit on an address space limits (VmRSS).</summary>
    public long ResidentPages => AnonymousPages + ObjectPages;
}
