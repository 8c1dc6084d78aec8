using MmuNotifiers.Lab.Checking;
using MmuNotifiers.Lab.Checking.Exploration;
using MmuNotifiers.Lab.Checking.Scheduling;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Checking.Tests.Exploration;

public sealed class ExplorerTests
{
    private static readonly ExplorationOptions Everything = new() { Strategy = SearchStrategy.BoundedPreemptions, MaxPreemptions = int.MaxValue };

    [Fact]
    public void A_lost_update_is_found_and_replays_exactly()
    {
        ExplorationResult result = Explorer.Explore(LostUpdate, Everything, TestContext.Current.CancellationToken);
        Assert.Equal(FailureKind.Exception, result.Failure?.Kind);
        ExecutionRecord again = Explorer.Replay(LostUpdate, result.Schedule, Everything);
        Assert.Equal(result.Failure!.Message, again.Failure!.Message);
        Assert.Equal(["0", "0", "0", "1"], again.Steps.Where(step => step.Kind != OperationKind.Begin).Select(step => step.Before));
    }

    [Fact]
    public void Locks_in_opposite_order_deadlock()
    {
        ExplorationResult result = Explorer.Explore(Opposite, Everything, TestContext.Current.CancellationToken);
        Assert.Equal(FailureKind.Deadlock, result.Failure?.Kind);
        Assert.Contains("Thread 1 waits for the lock of Opposite, which thread 0 holds.", result.Failure!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MemoryModel.SequentiallyConsistent, false)]
    [InlineData(MemoryModel.TotalStoreOrder, true)]
    public void Store_buffering_shows_under_total_store_order_only(MemoryModel model, bool found)
    {
        ExplorationResult result = Explorer.Explore(StoreBuffering, Everything with { MemoryModel = model }, TestContext.Current.CancellationToken);
        Assert.Equal(found, result.Failure is not null);
        Assert.Equal(!found, result.IsExhausted);
    }

    private static LambdaExecution LostUpdate()
    {
        Words words = new();
        void Increment() => Shared.Write(ref words.X, Shared.Read(in words.X, words) + 1, words);
        return new LambdaExecution([Increment, Increment], () => Assert.Equal(2, words.X));
    }

    private static LambdaExecution Opposite()
    {
        SharedLock a = new();
        SharedLock b = new();
        return new LambdaExecution([() => Nest(a, b), () => Nest(b, a)]);

        static void Nest(SharedLock outer, SharedLock inner)
        {
            using SharedLock.Scope held = outer.EnterScope();
            using SharedLock.Scope heldToo = inner.EnterScope();
        }
    }

    private static LambdaExecution StoreBuffering()
    {
        Words words = new();
        int left = -1;
        int right = -1;
        return new LambdaExecution(
            [
                () =>
                {
                    Shared.Write(ref words.X, 1, words);
                    left = Shared.Read(in words.Y, words);
                },
                () =>
                {
                    Shared.Write(ref words.Y, 1, words);
                    right = Shared.Read(in words.X, words);
                },
            ],
            () => Assert.False(left == 0 && right == 0));
    }

    private sealed class Words
    {
        internal int X;
        internal int Y;
    }
}
