namespace MmuNotifiers.Lab.Checking.Scheduling;

/// <summary>One step of an execution, as searches look back on it.</summary>
/// <param name="Process">The thread, or the thread count plus the thread for a step of its store buffer.</param>
/// <param name="Operation">What it did.</param>
/// <param name="TookLock">Whether it took a lock that was free, rather than enter one again that its thread held, or fail to enter it.</param>
/// <param name="IsTimeout">Whether it is a yield that ended only because every thread waited.</param>
/// <param name="CauseStart">Where the steps that made this one possible stand in the list of causes.</param>
/// <param name="CauseCount">How many there are.</param>
internal readonly record struct ExecutedStep(
    int Process, Operation Operation, bool TookLock, bool IsTimeout, int CauseStart, int CauseCount);
