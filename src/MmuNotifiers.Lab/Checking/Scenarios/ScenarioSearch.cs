using MmuNotifiers.Lab.Checking.Exploration;


namespace MmuNotifiers.Lab.Checking;

/// <summary>One race check, from the scenario to its result.</summary>
internal sealed class ScenarioSearch(RaceScenario scenario, RaceCheckOptions options)
{
    internal RaceCheckResult Run()
    {
        using MemoryPool pool = new(scenario.FrameCount, scenario.HasReclaim);
        if (options.Replay is { } text)
        {
            return Replay(pool, Schedule.Parse(text));
        }

        ExplorationResult found = Explore(pool, scenario, ToExploration(options), options.Watched);
        RaceCheckResult result = new()
        {
            Scenario = scenario.Name,
            Verdict = RaceCheckVerdict.Passed,
            IsExhausted = found.IsExhausted && options.Search == SearchStrategy.EveryInterleaving,
            Bound = BoundOf(found),
            Executions = found.Executions,
            Steps = found.Steps,
            Duration = found.Elapsed,
        };
        if (found.Failure is null)
        {
            bool isWhole = found.IsExhausted || options.Search is SearchStrategy.Random or SearchStrategy.Probabilistic;
            return result with { Verdict = isWhole ? RaceCheckVerdict.Passed : RaceCheckVerdict.Inconclusive };
        }

        if (UnfairSchedule.Starved(scenario, found) is { } starved)
        {
            return result with
            {
                Verdict = RaceCheckVerdict.Inconclusive,
                IsExhausted = false,
                Bound = $"stopped at an endless schedule that never lets {starved} go on, although it could",
            };
        }

        (RaceScenario small, Schedule schedule) = options.Shrink
            ? new ScenarioShrinker(options, pool, Violations.Of(pool, scenario, found.Schedule, options).Broken).Shrink(scenario, found.Schedule)
            : (scenario, found.Schedule);
        return result with { Verdict = RaceCheckVerdict.Violation, IsExhausted = false, Violation = Violations.Of(pool, small, schedule, options) };
    }

    internal static ExplorationResult Explore(MemoryPool pool, RaceScenario scenario, ExplorationOptions exploration, Invariants watched) =>
        Explorer.Explore(() => new ScenarioExecution(scenario, watched, pool, log: null), exploration);

    internal static ExplorationOptions ToExploration(RaceCheckOptions options) => new()
    {
        Strategy = options.Search,
        MemoryModel = options.Memory,
        MaxPreemptions = options.Preemptions,
        BugDepth = options.PriorityChanges + 1,
        Seed = options.Seed,
        MaxExecutions = options.MaxExecutions,
        MaxSteps = options.MaxSteps,
        MaxTime = options.MaxTime,
        Workers = options.Workers,
    };

    private RaceCheckResult Replay(MemoryPool pool, Schedule schedule)
    {
        RaceViolation? violation = Violations.TryReplay(pool, scenario, schedule, options);
        return new RaceCheckResult
        {
            Scenario = scenario.Name,
            Verdict = violation is null ? RaceCheckVerdict.Passed : RaceCheckVerdict.Violation,
            Bound = "one schedule",
            Executions = 1,
            Violation = violation,
        };
    }

    private string BoundOf(ExplorationResult found)
    {
        if (found.Failure is not null)
        {
            return $"found in execution {found.Executions}";
        }

        return options.Search switch
        {
            SearchStrategy.Random => $"{found.Executions} random executions",
            SearchStrategy.Probabilistic => $"{found.Executions} executions with random priorities",
            _ when !found.IsExhausted => found.Executions >= options.MaxExecutions
                ? $"gave up after {found.Executions} executions"
                : $"gave up after {options.MaxTime.TotalSeconds} s",
            SearchStrategy.BoundedPreemptions => $"at most {options.Preemptions} preemptions",
            _ => "exhausted",
        };
    }
}
