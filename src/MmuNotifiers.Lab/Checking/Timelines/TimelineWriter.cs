using MmuNotifiers.Lab.Checking.Exploration;

namespace MmuNotifiers.Lab.Checking;

/// <summary>Makes a timeline of a recorded execution.</summary>
internal static class TimelineWriter
{
    internal static Timeline Write(ScenarioExecution execution, ExecutionRecord record, TimelineLog log, Invariants broken, string sentence) => new()
    {
        Scenario = execution.Scenario.Name,
        Broken = broken,
        Sentence = sentence,
        Threads = [.. execution.Scene.Threads.Select(thread => thread.Name)],
    };
}
