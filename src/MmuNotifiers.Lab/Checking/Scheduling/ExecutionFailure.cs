namespace MmuNotifiers.Lab.Checking.Scheduling;

/// <summary>What went wrong in one execution, and after which step.</summary>
/// <param name="Kind">What went wrong.</param>
/// <param name="Thread">The thread that it happened to, or -1 for the check at the end.</param>
/// <param name="Step">How many steps had been made.</param>
/// <param name="Message">One or more sentences: of threads that wait, who waits for what.</param>
/// <param name="Exception">What was thrown, if something was.</param>
internal sealed record ExecutionFailure(FailureKind Kind, int Thread, int Step, string Message, Exception? Exception);
