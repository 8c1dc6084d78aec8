namespace MmuNotifiers.Linux;

/// <summary>What is known of a page of a window beside its state.</summary>
[Flags]
internal enum PageFlags : byte
{
    None = 0,

    /// <summary>A thread faulted while the page was on its way, and waits in the kernel.</summary>
    Wanted = 1,

    /// <summary>Resident, and the next store is reported. Without it, <see cref="Written"/> is set.</summary>
    Protected = 2,

    /// <summary>May have been written since dirty pages were collected last.</summary>
    Written = 4,

    /// <summary>Its fault is to be tried again when there is a frame, or when the store answers.</summary>
    Parked = 8,

    /// <summary>Pinned until the call that prefetches it has brought in all that it can.</summary>
    Prefetched = 16,
}
