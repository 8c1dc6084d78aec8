using MmuNotifiers.Lab.Checking;
using MmuNotifiers.Lab.Checking.Exploration;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Checking.Tests.Exploration;

/// <summary>The litmus tests of x86-TSO (Sewell, Sarkar, Owens, Zappa Nardelli, Myreen, CACM 2010): what stores may show, and what not.</summary>
public sealed class StoreOrderTests
{
    /// <summary>What stands between the store and the load of one thread of the store-buffering test.</summary>
    public enum Between
    {
        Nothing,
        Fence,
        Update,
        SpinLockReleased,
        LockReleased,
    }

    [Theory]
    [InlineData(Between.Nothing, true)]
    [InlineData(Between.Fence, false)]
    [InlineData(Between.Update, false)]
    [InlineData(Between.SpinLockReleased, true)]
    [InlineData(Between.LockReleased, false)]
    public void A_load_passes_an_earlier_store_unless_a_fence_stands_between(Between between, bool passes)
    {
        Assert.Equal(passes, Shows(MemoryModel.TotalStoreOrder, () => StoreBuffering(between, between)));
        Assert.False(Shows(MemoryModel.SequentiallyConsistent, () => StoreBuffering(between, between)));
    }

    [Fact]
    public void A_fence_on_one_side_only_does_not_help() =>
        Assert.True(Shows(MemoryModel.TotalStoreOrder, () => StoreBuffering(Between.Fence, Between.Nothing)));

    [Fact]
    public void A_process_wide_barrier_on_one_side_fences_both() =>
        Assert.False(Shows(MemoryModel.TotalStoreOrder, () =>
        {
            Words words = new();
            int light = -1;
            int heavy = -1;
            return new LambdaExecution(
                [
                    () =>
                    {
                        Shared.Write(ref words.X, 1, words);
                        light = Shared.Read(in words.Y, words);
                    },
                    () =>
                    {
                        Shared.Write(ref words.Y, 1, words);
                        Shared.ProcessWideBarrier();
                        heavy = Shared.Read(in words.X, words);
                    },
                ],
                () => Assert.False(light == 0 && heavy == 0));
        }));

    [Fact]
    public void Stores_of_one_thread_are_seen_in_order() =>
        Assert.False(Shows(MemoryModel.TotalStoreOrder, () =>
        {
            Words words = new();
            int flag = 0;
            int data = 0;
            return new LambdaExecution(
                [
                    () =>
                    {
                        Shared.Write(ref words.X, 1, words);
                        Shared.Write(ref words.Y, 1, words);
                    },
                    () =>
                    {
                        flag = Shared.Read(in words.Y, words);
                        data = Shared.Read(in words.X, words);
                    },
                ],
                () => Assert.False(flag == 1 && data == 0));
        }));

    [Fact]
    public void A_thread_sees_its_own_stores_before_others_do()
    {
        // Both threads see their own store first: impossible where a store is seen by all at once.
        static LambdaExecution Program()
        {
            Words words = new();
            int[] seen = new int[4];
            return new LambdaExecution(
                [
                    () =>
                    {
                        Shared.Write(ref words.X, 1, words);
                        seen[0] = Shared.Read(in words.X, words);
                        seen[1] = Shared.Read(in words.Y, words);
                    },
                    () =>
                    {
                        Shared.Write(ref words.Y, 1, words);
                        seen[2] = Shared.Read(in words.Y, words);
                        seen[3] = Shared.Read(in words.X, words);
                    },
                ],
                () => Assert.NotEqual([1, 0, 1, 0], seen));
        }

        Assert.True(Shows(MemoryModel.TotalStoreOrder, Program));
        Assert.False(Shows(MemoryModel.SequentiallyConsistent, Program));
    }

    [Fact]
    public void A_reference_waits_in_the_buffer_like_a_number() =>
        Assert.True(Shows(MemoryModel.TotalStoreOrder, () =>
        {
            string?[] left = [null];
            string?[] right = [null];
            bool first = true;
            bool second = true;
            return new LambdaExecution(
                [
                    () =>
                    {
                        Shared.Write(ref left[0], "set", left);
                        first = Shared.Read(in right[0], right) is not null;
                    },
                    () =>
                    {
                        Shared.Write(ref right[0], "set", right);
                        second = Shared.Read(in left[0], left) is not null;
                    },
                ],
                () => Assert.True(first || second));
        }));

    private static bool Shows(MemoryModel model, Func<LambdaExecution> program)
    {
        ExplorationResult result = Explorer.Explore(
            program, new ExplorationOptions { MemoryModel = model }, TestContext.Current.CancellationToken);
        Assert.True(result.IsExhausted || result.Failure is not null);
        return result.Failure is not null;
    }

    private static LambdaExecution StoreBuffering(Between first, Between second)
    {
        Words words = new();
        int left = -1;
        int right = -1;
        return new LambdaExecution(
            [
                () =>
                {
                    Store(words, ref words.X, first);
                    left = Shared.Read(in words.Y, words);
                },
                () =>
                {
                    Store(words, ref words.Y, second);
                    right = Shared.Read(in words.X, words);
                },
            ],
            () => Assert.False(left == 0 && right == 0));
    }

    private static void Store(Words words, ref int word, Between between)
    {
        SharedLock own = new();
        int[] spinLock = new int[1];
        switch (between)
        {
            case Between.SpinLockReleased:
                SharedSpinLock.Enter(ref spinLock[0], spinLock);
                Shared.Write(ref word, 1, words);
                SharedSpinLock.Exit(ref spinLock[0], spinLock);
                break;
            case Between.LockReleased:
                own.Enter();
                Shared.Write(ref word, 1, words);
                own.Exit();
                break;
            default:
                Shared.Write(ref word, 1, words);
                break;
        }

        if (between == Between.Fence)
        {
            Shared.Fence();
        }
        else if (between == Between.Update)
        {
            Shared.Add(ref words.Lock, 1, words);
        }
    }
}
