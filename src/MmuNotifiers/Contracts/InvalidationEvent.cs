namespace MmuNotifiers;

/// <summary>
/// Why translations are invalidated. The numbers are those of Linux' <c>enum mmu_notifier_event</c>, so that recordings compare.
/// </summary>
public enum InvalidationEvent
{
    /// <summary>The range leaves the address space: munmap, or the source of mremap.</summary>
    Unmap = 0,

    /// <summary>Entries are cleared or come to point at other pages: madvise, truncation, eviction, copy-on-write.</summary>
    Clear = 1,

    /// <summary>The protection of the whole range changes as the area says: mprotect.</summary>
    ProtectionArea = 2,

    /// <summary>The protection of single pages changes: fork. A subscriber must read the translations again.</summary>
    ProtectionPage = 3,

    /// <summary>Pages are write-protected so that the next write to each is noticed.</summary>
    SoftDirty = 4,

    /// <summary>The address space goes away; only interval subscriptions see this event, the others get a release.</summary>
    Release = 5,

    /// <summary>Pages move to other frames; the owner who moves them may ignore its own event.</summary>
    Migrate = 6,

    /// <summary>Pages become exclusive to a device; the owner may ignore its own event.</summary>
    Exclusive = 7,
}
