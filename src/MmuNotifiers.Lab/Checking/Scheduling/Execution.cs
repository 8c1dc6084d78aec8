namespace MmuNotifiers.Lab.Checking.Scheduling;

/// <summary>
/// One execution of a program under test: fresh objects, a few threads that use them, and what must hold. Made anew, free of any
/// control, for each execution; nothing in it may depend on anything but the schedule.
/// </summary>
internal abstract class Execution : IDisposable
{
    /// <summary>How many threads it has, at most <see cref="CooperativeScheduler.MaxThreads"/>.</summary>
    internal abstract int ThreadCount { get; }

    /// <summary>Runs one thread's part, on a thread of its own and under control. What it throws is the execution's failure.</summary>
    /// <param name="thread">The number of the thread, from 0.</param>
    internal abstract void Run(int thread);

    /// <summary>
    /// Called after each step, with every thread standing still and free of control: what it throws is the execution's failure.
    /// Executions that differ only in the order of steps that do not touch a location in common count as one, so it may ask only
    /// what a step could change: a condition over two locations must be asked at a step that touches both.
    /// </summary>
    /// <param name="step">What was done.</param>
    internal virtual void StepDone(in ExecutedStep step)
    {
    }

    /// <summary>Whether <see cref="StepDone"/> shall be called.</summary>
    internal virtual bool ObservesSteps => false;

    /// <summary>Called when all threads have ended, free of control: what it throws is the execution's failure.</summary>
    internal virtual void AllFinished()
    {
    }

    /// <summary>A name for a location in a recorded execution, or null for the default: the type of the owner and its number.</summary>
    /// <param name="owner">The object, or null for native memory.</param>
    /// <param name="location">The offset in it, or the address.</param>
    internal virtual string? Describe(object? owner, nint location) => null;

    /// <summary>Frees what the execution holds. Called once, also after a failure.</summary>
    public abstract void Dispose();
}
