using MmuNotifiers.Lab.Checking;
using MmuNotifiers.Lab.Checking.Exploration;
using MmuNotifiers.Lab.Checking.Scheduling;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Checking.Tests.Exploration;

public sealed class ExplorerTests
{
    private static readonly ExplorationOptions Everything = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SearchStrategy.EveryInterleaving)]
    [InlineData(SearchStrategy.BoundedPreemptions)]
    [InlineData(SearchStrategy.Random)]
    [InlineData(SearchStrategy.Probabilistic)]
    public void A_lost_update_is_found_and_replays_exactly(SearchStrategy strategy)
    {
        ExplorationOptions options = new() { Strategy = strategy, MaxExecutions = 1000 };
        ExplorationResult result = Explorer.Explore(LostUpdate, options, Cancelled);
        Assert.Equal(FailureKind.Exception, result.Failure?.Kind);
        ExecutionRecord again = Explorer.Replay(LostUpdate, Schedule.Parse(result.Schedule.ToString()), options);
        Assert.Equal(result.Failure!.Message, again.Failure!.Message);
        RecordedStep[] accesses = [.. again.Steps.Where(step => step.Kind != OperationKind.Begin)];
        Assert.Equal(["0", "0", "0", "1"], accesses.Select(step => step.Before));
        Assert.All(accesses, step => Assert.Equal(("Words#1", "words.X"), (step.Object, step.Name)));
        Assert.Equal("1", accesses[^1].After);
    }

    [Fact]
    public void A_bug_of_one_preemption_hides_from_a_search_without_any()
    {
        ExplorationOptions bounded = new() { Strategy = SearchStrategy.BoundedPreemptions };
        ExplorationResult none = Explorer.Explore(LostUpdate, bounded with { MaxPreemptions = 0 }, Cancelled);
        Assert.Null(none.Failure);
        Assert.True(none.IsExhausted);
        Assert.NotNull(Explorer.Explore(LostUpdate, bounded with { MaxPreemptions = 1 }, Cancelled).Failure);
    }

    [Fact]
    public void An_atomic_update_is_not_lost_in_any_interleaving()
    {
        ExplorationResult result = Explorer.Explore(
            () =>
            {
                Words words = new();
                void Increment() => Shared.Add(ref words.X, 1, words);
                return new LambdaExecution([Increment, Increment, Increment], () => Assert.Equal(3, words.X));
            },
            Everything,
            Cancelled);
        Assert.Null(result.Failure);
        Assert.True(result.IsExhausted);
        Assert.Equal(6, result.Executions - result.Redundant);
    }

    [Fact]
    public void A_bound_that_is_reached_is_not_called_exhausted()
    {
        ExplorationResult result = Explorer.Explore(
            LostUpdate, new ExplorationOptions { MaxExecutions = 1, StopsAtFailure = false }, Cancelled);
        Assert.False(result.IsExhausted);
        Assert.Equal(1, result.Executions);
    }

    [Fact]
    public void A_failing_schedule_shrinks_to_few_runs()
    {
        ExplorationOptions options = new() { Strategy = SearchStrategy.Random, Seed = 7 };
        ExplorationResult result = Explorer.Explore(LongLostUpdate, options, Cancelled);
        Assert.NotNull(result.Failure);
        Schedule small = new ScheduleShrinker(LongLostUpdate, options, failure => failure.Kind == FailureKind.Exception).Shrink(result.Schedule);
        Assert.True(small.Switches <= 2, $"{result.Schedule} became {small}");
        Assert.NotNull(Explorer.Replay(LongLostUpdate, small, options).Failure);
    }

    [Fact]
    public void A_program_that_does_not_do_the_same_again_is_refused()
    {
        int made = 0;
        Assert.Throws<ScheduleDivergedException>(() => Explorer.Explore(
            () =>
            {
                Words words = new();
                int steps = ++made % 3;
                void Run()
                {
                    for (int i = 0; i <= steps; i++)
                    {
                        Shared.Write(ref words.X, i, words);
                    }
                }

                return new LambdaExecution([Run, Run]);
            },
            Everything,
            Cancelled));
    }

    [Fact]
    public void A_schedule_of_another_program_is_refused() =>
        Assert.Throws<ScheduleDivergedException>(() => Explorer.Replay(LostUpdate, Schedule.Parse("0*9"), Everything));

    [Theory]
    [InlineData(SearchStrategy.EveryInterleaving)]
    [InlineData(SearchStrategy.Random)]
    public void Several_workers_find_what_one_finds(SearchStrategy strategy)
    {
        ExplorationOptions options = new() { Strategy = strategy, Workers = 2, MaxExecutions = 2000 };
        ExplorationResult result = Explorer.Explore(LongLostUpdate, options, Cancelled);
        Assert.NotNull(result.Failure);
        Assert.NotNull(Explorer.Replay(LongLostUpdate, result.Schedule, options).Failure);
    }

    [Fact]
    public void A_yielding_thread_waits_for_a_change_so_that_the_search_ends()
    {
        ExplorationResult result = Explorer.Explore(
            () =>
            {
                Words words = new();
                int seen = 0;
                return new LambdaExecution(
                    [
                        () =>
                        {
                            SharedSpin spin = default;
                            while (Shared.Read(in words.X, words) == 0)
                            {
                                spin.Once();
                            }

                            seen = Shared.Read(in words.Y, words);
                        },
                        () =>
                        {
                            Shared.Write(ref words.Y, 5, words);
                            Shared.Write(ref words.X, 1, words);
                        },
                    ],
                    () => Assert.Equal(5, seen));
            },
            Everything,
            Cancelled);
        Assert.Null(result.Failure);
        Assert.True(result.IsExhausted);
        Assert.True(result.Executions < 10, $"{result.Executions} executions");
    }

    private static LambdaExecution LostUpdate()
    {
        Words words = new();
        void Increment() => Shared.Write(ref words.X, Shared.Read(in words.X, words) + 1, words);
        return new LambdaExecution([Increment, Increment], () => Assert.Equal(2, words.X));
    }

    private static LambdaExecution LongLostUpdate()
    {
        Words words = new();
        void Work()
        {
            for (int i = 0; i < 4; i++)
            {
                Shared.Add(ref words.Y, 1, words);
            }

            Shared.Write(ref words.X, Shared.Read(in words.X, words) + 1, words);
        }

        return new LambdaExecution([Work, Work], () => Assert.Equal(2, words.X));
    }
}
