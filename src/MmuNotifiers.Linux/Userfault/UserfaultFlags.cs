namespace MmuNotifiers.Linux;

/// <summary>What a fault was (UFFD_PAGEFAULT_FLAG_*).</summary>
[Flags]
internal enum UserfaultFlags : ulong
{
    /// <summary>A load or a fetch, of a page that is missing.</summary>
    None = 0,

    /// <summary>A store.</summary>
    Write = 1,

    /// <summary>A store to a write-protected page.</summary>
    WriteProtect = 2,

    /// <summary>A page of shared memory that is there but not mapped.</summary>
    Minor = 4,
}
