namespace MmuNotifiers.Lab.Checking.Scheduling;

/// <summary>What went wrong in an execution.</summary>
internal enum FailureKind
{
    /// <summary>A thread, a check after a step, or the check at the end has thrown.</summary>
    Exception,

    /// <summary>Every thread that has not ended waits for a lock.</summary>
    Deadlock,

    /// <summary>A thread sleeps on a monitor, and nobody is left to wake it.</summary>
    LostWakeup,

    /// <summary>Threads look again and again at what nobody changes, or the execution has passed the bound on its steps.</summary>
    Livelock,
}
