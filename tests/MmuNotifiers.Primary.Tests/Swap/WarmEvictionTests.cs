using MmuNotifiers.Primary.Tests.Core;

namespace MmuNotifiers.Primary.Tests.Swap;

public sealed class WarmEvictionTests : SwapTest
{
    [Fact]
    public void A_warm_eviction_and_swap_in_allocate_nothing()
    {
        using InstantStore store = new();
        using PhysicalMemory memory = new(256, FreedFrames.KeepBytes, new ReclaimOptions { Swap = store, LowWatermarkPages = 0, ReadAheadPages = 4 });
        using AddressSpace space = new(memory);
        space.MapPrivate(16, 64);
        PageEviction eviction = new(memory);
        FrameNumber[] frames = new FrameNumber[64];
        for (int round = 0; round < 40; round++)
        {
            Cycle(space, eviction, frames);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        long reads = memory.SwapStatistics.SwapIns;
        Cycle(space, eviction, frames);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(16, memory.SwapStatistics.SwapIns - reads);
        Assert.Equal(0, allocated);
    }

    private static void Cycle(AddressSpace space, PageEviction eviction, FrameNumber[] frames)
    {
        ReadOnlySpan<byte> one = [1];
        for (ulong page = 0; page < 64; page++)
        {
            if (!space.Write(Spaces.At(16 + page), one).Succeeded)
            {
                throw new InvalidOperationException("A page cannot be written.");
            }

            frames[page] = space.PeekPte(Spaces.At(16 + page)).Frame;
        }

        if (eviction.Evict(frames, EvictionReason.Advice).FreedPages != 64)
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
