using System.Diagnostics;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Checking;

/// <summary>One race check, from the scenario to its result.</summary>
internal sealed class ScenarioSearch(RaceScenario scenario, RaceCheckOptions options)
{
    internal RaceCheckResult Run()
    {
        long startedAt = Stopwatch.GetTimestamp();
        using PhysicalMemory memory = new(ScenarioRun.MaxPages * 4, FreedFrames.Poisoned);
        ScenarioRun run = new(scenario, memory);
        foreach (ThreadState thread in run.Threads)
        {
            foreach (ScenarioOperation operation in thread.Thread.Operations)
            {
                operation.Run(run, thread);
            }
        }

        return new RaceCheckResult
        {
            Scenario = scenario.Name,
            Verdict = RaceCheckVerdict.Inconclusive,
            Bound = $"one execution of at most {options.MaxExecutions}, without interleaving",
            Executions = 1,
            Duration = Stopwatch.GetElapsedTime(startedAt),
        };
    }
}
