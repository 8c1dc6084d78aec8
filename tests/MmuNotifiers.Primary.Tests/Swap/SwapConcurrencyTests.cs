using System.Runtime.InteropServices;
using MmuNotifiers.Primary.Tests.Core;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Swap;

/// <summary>Threads that evict, fault, fork, unmap and move at the same time. Each page has one writer, who knows what it must show.</summary>
public sealed class SwapConcurrencyTests
{
    private const ulong First = 512;
    private const ulong PagesOfWriter = 12;
    private const int Writers = 2;
    private const ulong Scratch = 1024;

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(2);

    private readonly List<Exception> _failures = [];

    [Theory]
    [InlineData(512, false)]
    [InlineData(512, true)]
    [InlineData(40, false)]
    [InlineData(40, true)]
    public void No_store_is_lost_and_no_child_sees_a_change(long frames, bool isSlow)
    {
        TestSwapStore store = new();
        store.BeforeWrite = store.BeforeRead = isSlow ? static async () => await Task.Yield() : static () => Task.CompletedTask;
        int calls = 0;
        store.WriteOutcome = _ => Interlocked.Increment(ref calls) % 7 == 0 ? SwapOutcome.IoError : SwapOutcome.Success;
        using PhysicalMemory memory = new(frames, FreedFrames.Poisoned, new ReclaimOptions
        {
            Swap = store,
            ReadAheadPages = 4,
            LowWatermarkPages = 0,
            MinimumResidency = TimeSpan.Zero,
        });
        using (AddressSpace space = new(memory))
        {
            space.MapPrivate(First, PagesOfWriter * Writers);
            space.MapPrivate(Scratch, 16);
            using CancellationTokenSource end = new(Duration);
            List<Thread> threads = [];
            for (int writer = 0; writer < Writers; writer++)
            {
                ulong first = First + ((ulong)writer * PagesOfWriter);
                threads.Add(Start(() => Write(space, first, end.Token)));
            }

            threads.Add(Start(() => EvictAll(memory, end.Token)));
            threads.Add(Start(() => EvictAll(memory, end.Token)));
            threads.Add(Start(() => ForkAndLook(space, end.Token)));
            threads.Add(Start(() => ChangeAreas(space, end.Token)));
            threads.ForEach(static thread => thread.Join());
            Assert.Empty(_failures);
            SwapTestInvariants.Assert(memory);
            Assert.True(memory.SwapStatistics.Writes > 0 && memory.SwapStatistics.SwapIns > 0);
        }

        Assert.Equal(1, memory.FramesInUse);
        memory.Swap.AssertInvariants(new Dictionary<SwapEntry, int>());
    }

    private Thread Start(Action run)
    {
        Thread thread = new(() =>
        {
            try
            {
                run();
            }
#pragma warning disable CA1031 // Handed over to the test.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                lock (_failures)
                {
                    _failures.Add(failure);
                }
            }
        });
        thread.Start();
        return thread;
    }

    /// <summary>The only one who stores to its pages: each must show what it stored last.</summary>
    private static void Write(AddressSpace space, ulong first, CancellationToken end)
    {
        ulong[] values = new ulong[PagesOfWriter];
        Random random = new((int)first);
        while (!end.IsCancellationRequested)
        {
            int page = random.Next((int)PagesOfWriter);
            ulong read = 0;
            Assert.Equal(FaultResult.Success, space.Read(At(first + (ulong)page), Bytes(ref read)).Result);
            Assert.Equal(values[page], read);
            if (random.Next(3) == 0)
            {
                ulong next = ++values[page];
                Assert.Equal(FaultResult.Success, space.Write(At(first + (ulong)page), Bytes(ref next)).Result);
            }
        }
    }

    private static void EvictAll(PhysicalMemory memory, CancellationToken end)
    {
        PageEviction eviction = new(memory);
        FrameNumber[] frames = [.. Enumerable.Range(1, (int)Math.Min(memory.FrameCount, 160) - 1).Select(static frame => new FrameNumber((ulong)frame))];
        while (!end.IsCancellationRequested)
        {
            eviction.Evict(frames, EvictionReason.Background);
        }
    }

    /// <summary>What a child shows does not change, whoever evicts it and whatever the parent stores; and it can be written.</summary>
    private static void ForkAndLook(AddressSpace space, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            using AddressSpace? child = space.Fork();
            if (child is null)
            {
                continue;
            }

            ulong[] seen = new ulong[PagesOfWriter * Writers];
            for (int look = 0; look < 3; look++)
            {
                for (int page = 0; page < seen.Length; page++)
                {
                    ulong read = 0;
                    Assert.True(child.Read(At(First + (ulong)page), Bytes(ref read)).Succeeded);
                    Assert.True(look == 0 || read == seen[page], $"page {page} of a child showed {seen[page]}, now {read}");
                    seen[page] = read;
                }

                ulong mine = seen[look] + 1000;
                Assert.True(child.Write(At(First + (ulong)look), Bytes(ref mine)).Succeeded);
                seen[look] = mine;
            }
        }
    }

    private static void ChangeAreas(AddressSpace space, CancellationToken end)
    {
        Random random = new(7);
        while (!end.IsCancellationRequested)
        {
            ulong page = Scratch + (ulong)random.Next(8);
            switch (random.Next(6))
            {
                case 0:
                    space.MapPrivate(page, 4);
                    break;
                case 1:
                    space.Unmap(At(page), 2 * Page.SizeBytes);
                    break;
                case 2:
                    space.Move(At(page), Page.SizeBytes, Page.SizeBytes, MoveFlags.MayMove | MoveFlags.Fixed, At(Scratch + 12));
                    break;
                case 3:
                    space.Advise(At(page), 4 * Page.SizeBytes, Advice.Free);
                    break;
                case 4:
                    space.Migrate(Pages(First, PagesOfWriter));
                    break;
                default:
                    for (ulong i = 0; i < 6; i++)
                    {
                        space.Access(At(page + i), AccessRights.Write);
                    }

                    break;
            }
        }
    }

    private static Span<byte> Bytes(ref ulong value) => MemoryMarshal.AsBytes(new Span<ulong>(ref value));
}
