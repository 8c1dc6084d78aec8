namespace MmuNotifiers.Linux;

/// <summary>What the pages of a <see cref="PagedMemory"/> are made of.</summary>
public enum PagedMemoryBacking
{
    /// <summary>
    /// Private anonymous memory. A page is evicted by moving it away in one step where the kernel can (Linux 6.8); elsewhere it is write-protected while
    /// it is written to the store. The kernel says nothing of which pages are used: they go by when they came and how they came back.
    /// </summary>
    Anonymous,

    /// <summary>
    /// A memory file (memfd) with a second mapping, through which this library reads and writes. A page is write-protected, written and cut out of the
    /// file. The kernel says which pages were used since the last look, so that those go first that are not.
    /// </summary>
    SharedMemory,
}
