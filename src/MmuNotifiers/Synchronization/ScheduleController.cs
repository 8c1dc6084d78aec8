namespace MmuNotifiers.Synchronization;

/// <summary>
/// What a race checker puts under <see cref="Shared"/>: it is asked before every shared access of the threads that it runs and
/// decides which of them goes on. Production never has one.
/// </summary>
internal abstract class ScheduleController
{
    /// <summary>All bits of a location.</summary>
    internal const int AllBits = -1;

    [ThreadStatic]
    private static ScheduleController? CurrentController;

    /// <summary>The controller of the calling thread, or null where the thread runs free.</summary>
    internal static ScheduleController? Current
    {
        get => CurrentController;
        set => CurrentController = value;
    }

    /// <summary>The time as the threads see it, in ticks of <see cref="SharedClock"/>. Does not pass while they run.</summary>
    internal abstract long Timestamp { get; }

    /// <summary>
    /// Called before a shared access. Returns when the calling thread may perform it.
    /// </summary>
    /// <param name="kind">What the access does.</param>
    /// <param name="owner">The object that the location is part of, or null for native memory.</param>
    /// <param name="location">The offset in bytes from the start of <paramref name="owner"/>, or the native address.</param>
    /// <param name="sizeBytes">How many bytes are accessed; 0 for a reference to an object, and where there is no location.</param>
    /// <param name="step">The name of the access in the source.</param>
    /// <param name="bits">Which bits of the location matter: accesses of one location that have none in common commute.</param>
    internal abstract void BeforeAccess(StepKind kind, object? owner, nint location, int sizeBytes, string step, int bits = AllBits);

    /// <summary>Enters a lock that the controller keeps for the thread; returns when it is held.</summary>
    internal abstract void EnterLock(object? owner, nint location, string step);

    /// <summary>Enters a lock if it is free.</summary>
    internal abstract bool TryEnterLock(object? owner, nint location, string step);

    /// <summary>Leaves a lock.</summary>
    internal abstract void ExitLock(object? owner, nint location, string step);

    /// <summary>Whether the calling thread holds a lock.</summary>
    internal abstract bool HoldsLock(object? owner, nint location);

    /// <summary>Leaves the lock, waits to be woken, and enters the lock again.</summary>
    internal abstract void Wait(object owner, string step);

    /// <summary>Wakes every thread that waits on <paramref name="owner"/>.</summary>
    internal abstract void WakeAll(object owner, string step);
}
