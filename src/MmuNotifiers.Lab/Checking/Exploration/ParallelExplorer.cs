using System.Collections.Concurrent;
using System.Diagnostics;
using MmuNotifiers.Lab.Checking.Scheduling;

namespace MmuNotifiers.Lab.Checking.Exploration;

/// <summary>
/// Explores on several cores: each worker runs a scheduler with threads of its own, and works on its own part of the search. A search by
/// partial order is divided by the beginnings of its schedules, a random one by its seed; one with bounded preemptions is not divided.
/// </summary>
internal static class ParallelExplorer
{
    private const int PartsPerWorker = 16;
    private const int LongestPrefix = 48;
    private const int PrefixStep = 6;

    /// <summary>As <see cref="Explorer.Explore(Func{Execution}, ExplorationOptions, CancellationToken)"/>, on several workers.</summary>
    internal static ExplorationResult Explore(Func<Execution> program, ExplorationOptions options, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        ConcurrentQueue<ISearch> parts = new(Divide(program, options, cancellationToken));
        ConcurrentBag<ExplorationResult> results = [];
        using CancellationTokenSource found = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        long executionsLeft = options.MaxExecutions;
        Task[] workers = [.. Enumerable.Range(0, options.Workers).Select(_ => Task.Factory.StartNew(
            () =>
            {
                while (!found.IsCancellationRequested && Volatile.Read(ref executionsLeft) > 0 && parts.TryDequeue(out ISearch? part))
                {
                    ExplorationResult result = Explorer.Explore(program, part, Left(options, start, Volatile.Read(ref executionsLeft)), found.Token);
                    Interlocked.Add(ref executionsLeft, -result.Executions);
                    results.Add(result);
                    if (result.Failure is not null && options.StopsAtFailure)
                    {
                        found.Cancel();
                    }
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default))];
        Task.WhenAll(workers).GetAwaiter().GetResult();
        ExplorationResult? failed = results.FirstOrDefault(static result => result.Failure is not null);
        return new ExplorationResult
        {
            IsExhausted = parts.IsEmpty && results.All(static result => result.IsExhausted),
            Executions = results.Sum(static result => result.Executions),
            Redundant = results.Sum(static result => result.Redundant),
            Steps = results.Sum(static result => result.Steps),
            LongestExecution = results.Select(static result => result.LongestExecution).DefaultIfEmpty().Max(),
            Elapsed = Stopwatch.GetElapsedTime(start),
            Failure = failed?.Failure,
            Schedule = failed?.Schedule ?? new Schedule([]),
        };
    }

    private static IEnumerable<ISearch> Divide(Func<Execution> program, ExplorationOptions options, CancellationToken cancellationToken)
    {
        switch (options.Strategy)
        {
            case SearchStrategy.EveryInterleaving:
                return Prefixes(program, options, cancellationToken).Select(static prefix => new PartialOrderSearch(Dependence.Full, Dependence.Full, prefix));
            case SearchStrategy.BoundedPreemptions:
                return [new BoundedSearch(options.MaxPreemptions)];
            default:
                ulong seed = options.Seed;
                return Enumerable.Range(0, options.Workers).Select(_ => Explorer.SearchOf(options with { Seed = SplitMix.Next(ref seed) }));
        }
    }

    /// <summary>Beginnings, longer and longer until there are enough of them to keep the workers busy to the end.</summary>
    private static List<Decision[]> Prefixes(Func<Execution> program, ExplorationOptions options, CancellationToken cancellationToken)
    {
        for (int length = PrefixStep; ; length += PrefixStep)
        {
            PrefixSearch search = new(length);
            Explorer.Explore(program, search, options with { StopsAtFailure = false }, cancellationToken);
            if (search.Prefixes.Count >= PartsPerWorker * options.Workers || length >= LongestPrefix)
            {
                return search.Prefixes;
            }
        }
    }

    private static ExplorationOptions Left(ExplorationOptions options, long start, long executions)
    {
        TimeSpan left = options.MaxTime == Timeout.InfiniteTimeSpan ? Timeout.InfiniteTimeSpan : options.MaxTime - Stopwatch.GetElapsedTime(start);
        bool isRandom = options.Strategy is SearchStrategy.Random or SearchStrategy.Probabilistic;
        long share = isRandom ? Math.Min(executions, (options.MaxExecutions / options.Workers) + 1) : executions;
        return options with { MaxExecutions = share, MaxTime = left < TimeSpan.Zero && left != Timeout.InfiniteTimeSpan ? TimeSpan.Zero : left };
    }
}
