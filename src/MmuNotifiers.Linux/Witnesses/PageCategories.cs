namespace MmuNotifiers.Linux.Witnesses;

/// <summary>What a kernel's page table says of a page (the PAGE_IS_* bits of PAGEMAP_SCAN).</summary>
[Flags]
public enum PageCategories : ulong
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Written pages of this range can be told, since it is registered with asynchronous write protection.</summary>
    CanTellWritten = 1UL << 0,

    /// <summary>Written since it was last protected; true of every page where that cannot be told.</summary>
    Written = 1UL << 1,

    /// <summary>Of a file, or shared memory.</summary>
    File = 1UL << 2,

    /// <summary>In memory, and translated.</summary>
    Present = 1UL << 3,

    /// <summary>In the kernel's own swap.</summary>
    Swapped = 1UL << 4,

    /// <summary>The page of zeroes that all share.</summary>
    Zero = 1UL << 5,

    /// <summary>Part of a huge page.</summary>
    Huge = 1UL << 6,

    /// <summary>Written since /proc/PID/clear_refs was last told to forget it, or new.</summary>
    SoftDirty = 1UL << 7,
}
