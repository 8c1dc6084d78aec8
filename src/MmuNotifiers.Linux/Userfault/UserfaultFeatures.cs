namespace MmuNotifiers.Linux;

/// <summary>What a kernel's userfaultfd can do beside reporting missing pages (UFFD_FEATURE_*), as far as it matters here; with the first kernel that has it.</summary>
[Flags]
internal enum UserfaultFeatures : ulong
{
    None = 0,

    /// <summary>Write faults on protected pages are reported (5.7).</summary>
    WriteProtect = 1UL << 0,

    /// <summary>Shared memory can be registered for missing pages (4.11).</summary>
    MissingShared = 1UL << 5,

    /// <summary>Messages name the faulting thread (4.14).</summary>
    ThreadNumber = 1UL << 8,

    /// <summary>Pages of shared memory that are there but not mapped are reported (5.14).</summary>
    MinorShared = 1UL << 10,

    /// <summary>Shared memory can be write-protected (5.19).</summary>
    WriteProtectShared = 1UL << 12,

    /// <summary>Pages that were never there can be write-protected as well (6.4).</summary>
    WriteProtectUnpopulated = 1UL << 13,

    /// <summary>A page can be made to answer with SIGBUS (6.6).</summary>
    Poison = 1UL << 14,

    /// <summary>The kernel lifts write protection itself and keeps that it did (6.7).</summary>
    WriteProtectAsync = 1UL << 15,

    /// <summary>Private pages can be moved within the process (6.8).</summary>
    Move = 1UL << 16,
}
