using MmuNotifiers.Lab.Checking.Exploration;

namespace MmuNotifiers.Lab.Checking;

/// <summary>Leaves out of a failing scenario what it does not need to fail in the same way, then looks for a schedule with few preemptions.</summary>
internal sealed class ScenarioShrinker(RaceCheckOptions options, MemoryPool pool, Invariants broken)
{
    private const int MaxPreemptions = 2;

    /// <summary>A smaller scenario that does not fail soon is not what is wanted.</summary>
    private const int MaxExecutionsPerTry = 2_000;

    private static readonly TimeSpan TimePerTry = TimeSpan.FromSeconds(1);

    internal (RaceScenario Scenario, Schedule Schedule) Shrink(RaceScenario scenario, Schedule schedule)
    {
        for (bool isSmaller = true; isSmaller;)
        {
            isSmaller = false;
            foreach (RaceScenario smaller in Smaller(scenario))
            {
                if (TryFail(smaller, ScenarioSearch.ToExploration(options)) is { } found)
                {
                    (scenario, schedule, isSmaller) = (smaller, found, true);
                    break;
                }
            }
        }

        for (int preemptions = 0; preemptions <= MaxPreemptions; preemptions++)
        {
            ExplorationOptions bounded = ScenarioSearch.ToExploration(options with
            {
                Search = SearchStrategy.BoundedPreemptions,
                Preemptions = preemptions,
            });
            if (TryFail(scenario, bounded) is { } found)
            {
                return (scenario, found);
            }
        }

        return (scenario, schedule);
    }

    /// <summary>The scenario with one thread less, then with one operation less.</summary>
    private static IEnumerable<RaceScenario> Smaller(RaceScenario scenario)
    {
        foreach (ScenarioThread thread in scenario.Threads)
        {
            if (scenario.Threads.Length > 1)
            {
                yield return scenario with { Threads = scenario.Threads.Remove(thread) };
            }
        }

        foreach (ScenarioThread thread in scenario.Threads)
        {
            foreach (ScenarioOperation operation in thread.Operations)
            {
                if (thread.Operations.Length > 1)
                {
                    yield return scenario with { Threads = scenario.Threads.Replace(thread, thread with { Operations = thread.Operations.Remove(operation) }) };
                }
            }

            foreach (ScenarioOperation operation in thread.Preparations)
            {
                yield return scenario with { Threads = scenario.Threads.Replace(thread, thread with { Preparations = thread.Preparations.Remove(operation) }) };
            }
        }
    }

    /// <summary>A schedule with fewer preemptions may break fewer of the invariants; none of them, and it is another bug.</summary>
    private bool IsSame(Invariants found) => found == broken || (found & broken) != 0;

    private Schedule? TryFail(RaceScenario scenario, ExplorationOptions exploration)
    {
        ExplorationResult found = ScenarioSearch.Explore(pool, scenario, exploration with
        {
            MaxTime = TimePerTry,
            MaxExecutions = MaxExecutionsPerTry,
        }, options.Watched);
        bool isSame = found.Failure is not null && Violations.TryReplay(pool, scenario, found.Schedule, options) is { } violation && IsSame(violation.Broken);
        return isSame ? found.Schedule : null;
    }
}
