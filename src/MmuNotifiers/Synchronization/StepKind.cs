namespace MmuNotifiers.Synchronization;

/// <summary>What a shared access does, as a race checker distinguishes it.</summary>
internal enum StepKind
{
    /// <summary>A load; commutes with other loads.</summary>
    Read,

    /// <summary>A store.</summary>
    Write,

    /// <summary>A read-modify-write that is atomic and a full fence.</summary>
    Update,

    /// <summary>An update that adds, and of which nobody looks at the sum: commutes with its like.</summary>
    Count,

    /// <summary>
    /// A load that decides how the thread updates the location: by the atomic update that follows at once (<see cref="UpdateAfterRead"/>), or, where
    /// nobody else can come to it, by a store.
    /// </summary>
    ReadBeforeUpdate,

    /// <summary>The atomic update behind <see cref="ReadBeforeUpdate"/>, for which it makes no difference what the load has found.</summary>
    UpdateAfterRead,

    /// <summary>A full fence of the calling thread.</summary>
    Fence,

    /// <summary>A full fence of every running thread of the process.</summary>
    ProcessWideBarrier,

    /// <summary>A lock is entered; the thread may have to wait.</summary>
    Acquire,

    /// <summary>A lock is left.</summary>
    Release,

    /// <summary>The thread waits, without the lock, until it is woken.</summary>
    Wait,

    /// <summary>All waiters are woken.</summary>
    Wake,

    /// <summary>The thread cannot go on until another has changed something.</summary>
    Yield,
}
