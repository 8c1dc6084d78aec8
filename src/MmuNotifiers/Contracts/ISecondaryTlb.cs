namespace MmuNotifiers;

/// <summary>
/// A subscriber that walks the primary's own page table and only caches translations (an IOMMU that shares the table). It is
/// flushed where the CPU's TLB is, under the page-table lock, before a page can be freed or an entry can point to another page.
/// </summary>
public interface ISecondaryTlb
{
    /// <summary>
    /// Drops cached translations of the range. Called <b>under the page-table lock</b>: it must not block, must not take a lock
    /// under which the primary is called, and must not call the primary.
    /// </summary>
    /// <param name="range">The pages whose entries were cleared or replaced.</param>
    void Invalidate(AddressRange range);
}
