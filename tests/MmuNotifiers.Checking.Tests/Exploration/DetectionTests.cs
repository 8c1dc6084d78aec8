using MmuNotifiers.Lab.Checking.Exploration;
using MmuNotifiers.Lab.Checking.Scheduling;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Checking.Tests.Exploration;

/// <summary>What the scheduler notices by itself.</summary>
public sealed class DetectionTests
{
    [Fact]
    public void Locks_in_opposite_order_deadlock()
    {
        ExecutionFailure failure = Find(() =>
        {
            SharedLock a = new();
            SharedLock b = new();
            return new LambdaExecution([() => Nest(a, b), () => Nest(b, a)]);

            static void Nest(SharedLock outer, SharedLock inner)
            {
                using SharedLock.Scope held = outer.EnterScope();
                using SharedLock.Scope heldToo = inner.EnterScope();
            }
        });
        Assert.Equal(FailureKind.Deadlock, failure.Kind);
        Assert.Contains("which thread 0 holds.", failure.Message, StringComparison.Ordinal);
        Assert.Contains("which thread 1 holds.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_spin_lock_that_its_holder_enters_again_deadlocks()
    {
        ExecutionFailure failure = Find(() =>
        {
            Words words = new();
            return new LambdaExecution([() =>
            {
                SharedSpinLock.Enter(ref words.Lock, words);
                SharedSpinLock.Enter(ref words.Lock, words);
            }]);
        });
        Assert.Equal(FailureKind.Deadlock, failure.Kind);
        Assert.Contains("which it holds itself", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_thread_that_looks_and_then_sleeps_misses_the_wake_between()
    {
        // The condition is looked at outside of the monitor.
        ExecutionFailure failure = Find(() =>
        {
            Words words = new();
            SharedMonitor monitor = new();
            return new LambdaExecution(
            [
                () =>
                {
                    if (Shared.Read(in words.X, words) == 0)
                    {
                        monitor.Enter();
                        monitor.Wait();
                        monitor.Exit();
                    }
                },
                () =>
                {
                    Shared.Write(ref words.X, 1, words);
                    monitor.Enter();
                    monitor.WakeAll();
                    monitor.Exit();
                },
            ]);
        });
        Assert.Equal(FailureKind.LostWakeup, failure.Kind);
        Assert.Contains("Thread 0 sleeps", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_thread_that_looks_in_the_monitor_misses_no_wake()
    {
        ExplorationResult result = Explore(() =>
        {
            Words words = new();
            SharedMonitor monitor = new();
            return new LambdaExecution(
            [
                () =>
                {
                    monitor.Enter();
                    while (words.X == 0)
                    {
                        monitor.Wait();
                    }

                    monitor.Exit();
                },
                () =>
                {
                    monitor.Enter();
                    words.X = 1;
                    monitor.WakeAll();
                    monitor.Exit();
                },
            ]);
        });
        Assert.Null(result.Failure);
        Assert.True(result.IsExhausted);
    }

    [Fact]
    public void Threads_that_wait_for_each_others_writes_are_a_livelock()
    {
        ExecutionFailure failure = Find(() =>
        {
            Words words = new();
            return new LambdaExecution([() => Await(ref words.X, words), () => Await(ref words.Y, words)]);

            static void Await(ref int word, Words words)
            {
                SharedSpin spin = default;
                while (Shared.Read(in word, words) == 0)
                {
                    spin.Once();
                }
            }
        });
        Assert.Equal(FailureKind.Livelock, failure.Kind);
        Assert.Contains("at what nobody changes", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_execution_that_does_not_end_is_a_livelock()
    {
        ExplorationResult result = Explorer.Explore(
            () =>
            {
                Words words = new();
                return new LambdaExecution([() =>
                {
                    while (true)
                    {
                        Shared.Add(ref words.X, 1, words);
                    }
                }]);
            },
            new ExplorationOptions { MaxSteps = 100 },
            TestContext.Current.CancellationToken);
        Assert.Equal(FailureKind.Livelock, result.Failure?.Kind);
        Assert.Equal(100, result.LongestExecution);
    }

    [Fact]
    public void What_a_thread_throws_is_the_failure_and_the_others_are_ended()
    {
        ExplorationResult result = Explore(() =>
        {
            Words words = new();
            SharedLock held = new();
            return new LambdaExecution(
            [
                () =>
                {
                    using SharedLock.Scope scope = held.EnterScope();
                    Shared.Write(ref words.X, 1, words);
                    throw new InvariantViolationException("I7: nobody was told.");
                },
                () =>
                {
                    using SharedLock.Scope scope = held.EnterScope();
                    Shared.Write(ref words.X, 2, words);
                },
            ]);
        });
        Assert.IsType<InvariantViolationException>(result.Failure?.Exception);
        Assert.Equal(0, result.Failure.Thread);
    }

    [Fact]
    public void Budgets_of_time_end_only_when_everybody_waits()
    {
        ExplorationResult result = Explore(() =>
        {
            Words words = new();
            long first = 0;
            long second = 0;
            return new LambdaExecution(
                [() =>
                {
                    first = SharedClock.GetTimestamp();
                    Shared.Write(ref words.X, 1, words);
                    second = SharedClock.GetTimestamp();
                    SharedSpin spin = default;
                    spin.Once();
                    Assert.True(SharedClock.GetTimestamp() - second > SharedClock.Frequency);
                }],
                () => Assert.Equal(first, second));
        });
        Assert.Null(result.Failure);
    }

    private static ExecutionFailure Find(Func<Execution> program)
    {
        ExplorationResult result = Explore(program);
        Assert.NotNull(result.Failure);
        Assert.Equal(result.Failure.Kind, Explorer.Replay(program, result.Schedule, new ExplorationOptions()).Failure?.Kind);
        return result.Failure;
    }

    private static ExplorationResult Explore(Func<Execution> program) =>
        Explorer.Explore(program, new ExplorationOptions(), TestContext.Current.CancellationToken);
}
