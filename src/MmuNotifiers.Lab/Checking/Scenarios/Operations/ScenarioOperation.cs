namespace MmuNotifiers.Lab.Checking;

/// <summary>One operation of a thread of a scenario. The same object is run in every execution and keeps nothing.</summary>
internal abstract class ScenarioOperation
{
    /// <summary>What it does, as reports print it: <c>Unmap(0x11000..0x13000)</c>.</summary>
    internal abstract string Text { get; }

    /// <summary>Which one it is.</summary>
    internal OperationTag Tag { get; set; }

    /// <summary>Whether it is about the forked child.</summary>
    internal bool IsInChild { get; set; }

    /// <summary>Does it, on a thread of the race or before it.</summary>
    /// <param name="run">The execution.</param>
    /// <param name="thread">The state of the thread that it belongs to.</param>
    /// <returns>How it ended.</returns>
    internal abstract OperationOutcome Run(ScenarioRun run, ThreadState thread);
}
