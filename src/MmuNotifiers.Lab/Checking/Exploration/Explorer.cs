using System.Collections.Immutable;
using System.Diagnostics;
using MmuNotifiers.Lab.Checking.Scheduling;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking.Exploration;

/// <summary>Executes a program under many schedules until one fails or the strategy has covered them.</summary>
internal static class Explorer
{
    /// <summary>The number of the thread that sets executions up; those of the program follow it.</summary>
    private const int SetupThreadNumber = 1;

    /// <summary>Explores; returns at the first failure.</summary>
    /// <param name="program">Makes the objects of one execution, on the calling thread and free of control.</param>
    /// <param name="options">How, and how far.</param>
    /// <param name="cancellationToken">Ends the exploration between two executions.</param>
    /// <exception cref="InvalidOperationException">The process does not run under the switch <see cref="Shared.SwitchName"/>.</exception>
    /// <exception cref="ScheduleDivergedException">The program depends on something else than the schedule.</exception>
    internal static ExplorationResult Explore(
        Func<Execution> program, ExplorationOptions options, CancellationToken cancellationToken = default)
    {
        ThrowIfNotControlled();
        return options.Workers > 1
            ? ParallelExplorer.Explore(program, options, cancellationToken)
            : Explore(program, SearchOf(options), options, cancellationToken);
    }

    /// <summary>The search of a strategy.</summary>
    internal static ISearch SearchOf(ExplorationOptions options) => options.Strategy switch
    {
        SearchStrategy.BoundedPreemptions => new BoundedSearch(options.MaxPreemptions),
        SearchStrategy.EveryInterleaving => new PartialOrderSearch(Dependence.Full),
        SearchStrategy.Probabilistic => new PrioritySearch(options.Seed, options.BugDepth),
        _ => new RandomSearch(options.Seed),
    };

    /// <summary>Explores with a search of the caller's.</summary>
    internal static ExplorationResult Explore(
        Func<Execution> program, ISearch search, ExplorationOptions options, CancellationToken cancellationToken = default)
    {
        ThrowIfNotControlled();
        int number = ThreadNumber.Assume(SetupThreadNumber);
        try
        {
            return Run(program, search, options, cancellationToken);
        }
        finally
        {
            ThreadNumber.Assume(number);
        }
    }

    /// <summary>Makes one execution again and writes it down.</summary>
    /// <exception cref="ScheduleDivergedException">It did not go the same way.</exception>
    internal static ExecutionRecord Replay(Func<Execution> program, Schedule schedule, ExplorationOptions options)
    {
        ThrowIfNotControlled();
        int number = ThreadNumber.Assume(SetupThreadNumber);
        try
        {
            using Execution execution = program();
            using CooperativeScheduler scheduler = new(execution.ThreadCount, options.MemoryModel, options.MaxSteps);
            ScheduleRecorder recorder = new(execution);
            scheduler.Run(execution, new ReplaySearch(schedule), recorder);
            return new ExecutionRecord(ScheduleOf(scheduler), recorder.Steps, recorder.Notes, scheduler.Failure);
        }
        finally
        {
            ThreadNumber.Assume(number);
        }
    }

    private static ExplorationResult Run(
        Func<Execution> program, ISearch search, ExplorationOptions options, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        long executions = 0;
        long redundant = 0;
        long steps = 0;
        int longest = 0;
        bool isExhausted = false;
        CooperativeScheduler? scheduler = null;
        try
        {
            while (true)
            {
                isExhausted = !search.TryBegin();
                if (isExhausted || executions >= options.MaxExecutions || cancellationToken.IsCancellationRequested
                    || (options.MaxTime != Timeout.InfiniteTimeSpan && Stopwatch.GetElapsedTime(start) >= options.MaxTime))
                {
                    break;
                }

                using Execution execution = program();
                scheduler ??= new CooperativeScheduler(execution.ThreadCount, options.MemoryModel, options.MaxSteps);
                scheduler.Run(execution, search, recorder: null);
                executions++;
                redundant += scheduler.IsGivenUp ? 1 : 0;
                steps += scheduler.Steps.Length;
                longest = Math.Max(longest, scheduler.Steps.Length);
                if (scheduler.Failure is not null && options.StopsAtFailure)
                {
                    break;
                }
            }

            return new ExplorationResult
            {
                IsExhausted = isExhausted,
                Executions = executions,
                Redundant = redundant,
                Steps = steps,
                LongestExecution = longest,
                Elapsed = Stopwatch.GetElapsedTime(start),
                Failure = scheduler?.Failure,
                Schedule = scheduler?.Failure is null ? new Schedule([]) : ScheduleOf(scheduler),
            };
        }
        finally
        {
            scheduler?.Dispose();
        }
    }

    private static Schedule ScheduleOf(CooperativeScheduler scheduler)
    {
        ImmutableArray<byte>.Builder processes = ImmutableArray.CreateBuilder<byte>(scheduler.Steps.Length);
        foreach (ref readonly ExecutedStep step in scheduler.Steps)
        {
            processes.Add((byte)step.Process);
        }

        return new Schedule(processes.MoveToImmutable());
    }

    private static void ThrowIfNotControlled()
    {
        if (!Shared.Controlled)
        {
            throw new InvalidOperationException(
                $"The race checker needs the AppContext switch {Shared.SwitchName}, set before the first use of the library: in the project file "
                + $"<RuntimeHostConfigurationOption Include=\"{Shared.SwitchName}\" Value=\"true\" />, "
                + $"or as the first statement AppContext.SetSwitch(\"{Shared.SwitchName}\", true).");
        }
    }
}
