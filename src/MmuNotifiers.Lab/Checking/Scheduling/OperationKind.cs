namespace MmuNotifiers.Lab.Checking.Scheduling;

/// <summary>What one step of a schedule does.</summary>
internal enum OperationKind
{
    /// <summary>The thread begins; touches nothing.</summary>
    Begin,

    /// <summary>A load.</summary>
    Read,

    /// <summary>A store that is visible at once.</summary>
    Write,

    /// <summary>A store goes into the store buffer of its thread.</summary>
    Buffer,

    /// <summary>The oldest store of a buffer becomes visible: a step of the buffer, not of its thread.</summary>
    Flush,

    /// <summary>An atomic read-modify-write.</summary>
    Update,

    /// <summary>An atomic addition of which nobody looks at the sum.</summary>
    Count,

    /// <summary>A full fence.</summary>
    Fence,

    /// <summary>A process-wide barrier begins: it notes what the other threads have buffered.</summary>
    BarrierBegin,

    /// <summary>A process-wide barrier ends: what was noted is visible.</summary>
    BarrierEnd,

    /// <summary>A lock is entered; waits until it is free.</summary>
    Acquire,

    /// <summary>A lock is entered if it is free.</summary>
    TryAcquire,

    /// <summary>A lock is left.</summary>
    Release,

    /// <summary>A monitor is left until somebody wakes the thread.</summary>
    Wait,

    /// <summary>A thread that was woken enters the monitor again.</summary>
    Reacquire,

    /// <summary>All who wait on a monitor are woken.</summary>
    Wake,

    /// <summary>The thread waits until another has changed something that it looked at.</summary>
    Yield,
}
