using MmuNotifiers.Primary.Tests.Core;

namespace MmuNotifiers.Primary.Tests.Swap;

public sealed class WarmEvictionTests : SwapTest
{
    private const ulong First = 16;
    private const ulong Pages = 64;

    [Fact]
    public void A_warm_eviction_and_swap_in_of_private_pages_allocate_nothing() =>
        AssertAllocatesNothing(static space => space.MapPrivate(First, Pages));

    [Fact]
    public void A_warm_eviction_and_swap_in_of_shared_memory_allocate_nothing() => AssertAllocatesNothing(static space =>
    {
        SharedMemoryObject target = new(space.Memory, Pages * Page.SizeBytes);
        space.MapObject(First, Pages, MapFlags.Shared, new ObjectHandle(target, AccessRights.ReadWrite));
    });

    [Fact]
    public void A_warm_eviction_and_swap_in_of_both_in_one_batch_allocate_nothing() => AssertAllocatesNothing(static space =>
    {
        SharedMemoryObject target = new(space.Memory, Pages * Page.SizeBytes / 2);
        space.MapPrivate(First, Pages / 2);
        space.MapObject(First + (Pages / 2), Pages / 2, MapFlags.Shared, new ObjectHandle(target, AccessRights.ReadWrite));
    });

    private static void AssertAllocatesNothing(Action<AddressSpace> map)
    {
        using InstantStore store = new();
        using PhysicalMemory memory = new(256, FreedFrames.KeepBytes, new ReclaimOptions { Swap = store, LowWatermarkPages = 0, ReadAheadPages = 4 });
        using AddressSpace space = new(memory);
        map(space);
        PageEviction eviction = new(memory);
        FrameNumber[] frames = new FrameNumber[Pages];
        for (int round = 0; round < 40; round++)
        {
            Cycle(space, eviction, frames);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        SwapStatistics then = memory.SwapStatistics;
        Cycle(space, eviction, frames);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(memory.SwapStatistics.SwapIns > then.SwapIns, "Nothing was swapped in.");
        Assert.Equal((long)Pages, memory.SwapStatistics.Writes - then.Writes);
        Assert.Equal(0, allocated);
    }

    private static void Cycle(AddressSpace space, PageEviction eviction, FrameNumber[] frames)
    {
        ReadOnlySpan<byte> one = [1];
        for (ulong page = 0; page < Pages; page++)
        {
            if (!space.Write(Spaces.At(First + page), one).Succeeded)
            {
                throw new InvalidOperationException("A page cannot be written.");
            }

            frames[page] = space.PeekPte(Spaces.At(First + page)).Frame;
        }

        if (eviction.Evict(frames, EvictionReason.Advice).FreedPages != (int)Pages)
        {
            throw new InvalidOperationException("A page stayed.");
        }
    }

    /// <summary>A store in memory that is done at once and allocates nothing.</summary>
    private sealed class InstantStore : ISwapStore, IDisposable
    {
        private readonly byte[] _pages = new byte[512 * Page.SizeBytes];

        public string Name => "instant";

        public long SlotCount => 512;

        public ValueTask WriteAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default)
        {
            foreach (ref SwapTransfer transfer in transfers.Span)
            {
                transfer.Bytes.Span.CopyTo(_pages.AsSpan((int)transfer.Slot * Page.SizeBytes));
                transfer.Outcome = SwapOutcome.Success;
            }

            return ValueTask.CompletedTask;
        }

        public ValueTask ReadAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default)
        {
            foreach (ref SwapTransfer transfer in transfers.Span)
            {
                _pages.AsSpan((int)transfer.Slot * Page.SizeBytes, Page.SizeBytes).CopyTo(transfer.Bytes.Span);
                transfer.Outcome = SwapOutcome.Success;
            }

            return ValueTask.CompletedTask;
        }

        public void Discard(ReadOnlySpan<long> slots)
        {
        }

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
