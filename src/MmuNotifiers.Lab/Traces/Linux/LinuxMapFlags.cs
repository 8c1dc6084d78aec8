namespace MmuNotifiers.Lab.Traces;

/// <summary>MAP_* (x86-64 numbers) as the program passed it to mmap; unknown bits are kept.</summary>
[Flags]
public enum LinuxMapFlags : uint
{
    /// <summary>No bit set, which mmap refuses with EINVAL.</summary>
    None = 0,

    /// <summary>MAP_SHARED.</summary>
    Shared = 0x1,

    /// <summary>MAP_PRIVATE. Together with <see cref="Shared"/> it reads MAP_SHARED_VALIDATE, which shares.</summary>
    Private = 0x2,

    /// <summary>MAP_FIXED: replaces what is mapped there.</summary>
    Fixed = 0x10,

    /// <summary>MAP_ANONYMOUS.</summary>
    Anonymous = 0x20,

    /// <summary>MAP_32BIT.</summary>
    Below2GiB = 0x40,

    /// <summary>MAP_GROWSDOWN.</summary>
    GrowsDown = 0x100,

    /// <summary>MAP_DENYWRITE, without effect.</summary>
    DenyWrite = 0x800,

    /// <summary>MAP_LOCKED: populated and locked.</summary>
    Locked = 0x2000,

    /// <summary>MAP_NORESERVE.</summary>
    NoReserve = 0x4000,

    /// <summary>MAP_POPULATE: every page is brought in before mmap returns, and no fault is recorded for it.</summary>
    Populate = 0x8000,

    /// <summary>MAP_NONBLOCK: with MAP_POPULATE, nothing is populated.</summary>
    NonBlock = 0x1_0000,

    /// <summary>MAP_STACK, without effect.</summary>
    Stack = 0x2_0000,

    /// <summary>MAP_HUGETLB.</summary>
    HugeTlb = 0x4_0000,

    /// <summary>MAP_SYNC.</summary>
    Sync = 0x8_0000,

    /// <summary>MAP_FIXED_NOREPLACE: EEXIST where something is mapped.</summary>
    FixedNoReplace = 0x10_0000,
}
