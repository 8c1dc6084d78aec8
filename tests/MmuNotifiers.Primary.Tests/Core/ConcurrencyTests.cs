using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Core;

/// <summary>Real threads over one address space, for a bounded number of operations; the invariants decide.</summary>
public sealed class ConcurrencyTests
{
    private const int Rounds = 3000;

    [Fact]
    public async Task Faults_unmaps_and_forks_of_several_threads_leave_the_address_space_consistent()
    {
        using PhysicalMemory memory = new(1 << 16, FreedFrames.Poisoned);
        using AddressSpace space = new(memory);
        space.MapPrivate(1000, 64);
        Task[] threads =
        [
            Run(seed => Touch(space, seed), 1),
            Run(seed => Touch(space, seed), 2),
            Run(seed => Remap(space, seed), 3),
            Run(_ => ForkAndTouch(space), 4),
        ];
        await Task.WhenAll(threads);
        space.AssertInvariants();
        Assert.Equal(Errno.None, space.Unmap(At(1000), 64 * Page.SizeBytes));
        Assert.Equal(1, memory.FramesInUse);
    }

    [Fact]
    public async Task A_reader_never_sees_the_bytes_of_a_freed_frame()
    {
        using PhysicalMemory memory = new(1 << 12, FreedFrames.Poisoned);
        using AddressSpace space = new(memory);
        space.MapPrivate(1000, 1);
        using CancellationTokenSource stop = new();
        Task reader = Run(_ =>
        {
            byte[] bytes = new byte[512];
            while (!stop.IsCancellationRequested)
            {
                Assert.True(space.Read(At(1000), bytes).Succeeded);
                Assert.True(bytes.AsSpan().IndexOfAnyExcept((byte)0) < 0, "a byte was read that nobody stored");
            }
        }, 0);
        for (int round = 0; round < 20 * Rounds && !reader.IsCompleted; round++)
        {
            space.Access(At(1000), AccessRights.Write);
            space.Advise(At(1000), Page.SizeBytes, Advice.DontNeed);
        }

        await stop.CancelAsync();
        await reader;
    }

    [Fact]
    public async Task A_device_that_faults_while_the_process_exits_finds_nothing_mapped()
    {
        using PhysicalMemory memory = new(1 << 14, FreedFrames.Poisoned);
        for (int round = 0; round < 200; round++)
        {
            AddressSpace space = new(memory);
            space.MapPrivate(1000, 32);
            using SemaphoreSlim faulting = new(0);
            Task device = Run(_ => FaultUntilNotMapped(space, faulting), 0);
            await faulting.WaitAsync(TestContext.Current.CancellationToken);
            space.Dispose();
            await device;
            Assert.Equal(1, memory.FramesInUse);
        }
    }

    [Fact]
    public async Task Both_sides_of_a_fork_may_break_copy_on_write_at_once()
    {
        using PhysicalMemory memory = new(1 << 14, FreedFrames.Poisoned);
        using AddressSpace parent = new(memory);
        parent.MapPrivate(1000, 32);
        for (int round = 0; round < 200; round++)
        {
            for (ulong page = 0; page < 32; page++)
            {
                parent.Store(1000 + page, (byte)round);
            }

            using AddressSpace child = parent.Fork()!;
            Task one = Run(_ => StoreAll(parent, 101), 0);
            Task other = Run(_ => StoreAll(child, 102), 0);
            await Task.WhenAll(one, other);
            for (ulong page = 0; page < 32; page++)
            {
                Assert.Equal((101, 102), (parent.Load(1000 + page), child.Load(1000 + page)));
            }

            parent.AssertInvariants();
            child.AssertInvariants();
        }
    }

    private static void FaultUntilNotMapped(AddressSpace space, SemaphoreSlim faulting)
    {
        Translation[] translations = new Translation[32];
        RangeFaultResult result;
        do
        {
            result = space.FaultRange(Pages(1000, 32), AccessRights.Write, translations);
            faulting.Release();
        }
        while (result.Succeeded);
        Assert.Equal(FaultResult.NotMapped, result.Result);
        Assert.Equal(new RangeFaultResult(FaultResult.NotMapped, 0), space.FaultRange(Pages(1000, 32), AccessRights.Read, translations));
    }

    private static void StoreAll(AddressSpace space, byte value)
    {
        for (ulong page = 0; page < 32; page++)
        {
            space.Store(1000 + page, value);
        }
    }

    private static Task Run(Action<int> body, int seed) => Task.Factory.StartNew(
        () => body(seed), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void Touch(AddressSpace space, int seed)
    {
        Random random = new(seed);
        for (int i = 0; i < 10 * Rounds; i++)
        {
            VirtualAddress address = At(1000 + (ulong)random.Next(64));
            FaultResult result = space.Access(address, random.Next(2) == 0 ? AccessRights.Read : AccessRights.Write).Result;
            Assert.True(result is FaultResult.Success or FaultResult.NotMapped or FaultResult.AccessDenied, result.ToString());
        }
    }

    private static void Remap(AddressSpace space, int seed)
    {
        Random random = new(seed);
        for (int i = 0; i < Rounds; i++)
        {
            ulong first = 1000 + (ulong)random.Next(60);
            switch (random.Next(4))
            {
                case 0:
                    Assert.Equal(Errno.None, space.Unmap(At(first), 4 * Page.SizeBytes));
                    break;
                case 1:
                    space.MapPrivate(first, 4);
                    break;
                case 2:
                    space.Protect(At(first), 4 * Page.SizeBytes, random.Next(2) == 0 ? AccessRights.Read : AccessRights.ReadWrite);
                    break;
                default:
                    space.Advise(At(first), 4 * Page.SizeBytes, Advice.DontNeed);
                    break;
            }
        }

        space.MapPrivate(1000, 64);
    }

    private static void ForkAndTouch(AddressSpace space)
    {
        for (int i = 0; i < Rounds / 30; i++)
        {
            using AddressSpace child = space.Fork()!;
            for (ulong page = 0; page < 64; page++)
            {
                child.Access(At(1000 + page), AccessRights.Write);
            }

            child.AssertInvariants();
        }
    }
}
