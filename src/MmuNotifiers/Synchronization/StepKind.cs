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
