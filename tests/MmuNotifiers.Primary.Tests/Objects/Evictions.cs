namespace MmuNotifiers.Primary.Tests.Objects;

/// <summary>Short words for what the tests of eviction do over and over.</summary>
internal static class Evictions
{
    /// <summary>A pool with a store and nobody who reclaims on his own.</summary>
    internal static PhysicalMemory PoolOver(ISwapStore? store, long frames = 256, int readAheadPages = 1) => new(
        frames,
        FreedFrames.Poisoned,
        new ReclaimOptions { Swap = store, LowWatermarkPages = 0, HighWatermarkPages = 0, ReadAheadPages = readAheadPages });

    /// <summary>Evicts frames, as reclaim would.</summary>
    internal static EvictionResult Evict(
        this PhysicalMemory memory, IEnumerable<FrameNumber> frames, EvictionReason reason = EvictionReason.Pressure) =>
        new PageEviction(memory).Evict([.. frames], reason);

    /// <summary>Evicts all pages of an object that are in memory.</summary>
    internal static EvictionResult EvictAll(this MemoryObject target) => target.EvictPages(0, Page.Count(target.SizeBytes));

    /// <summary>Evicts some pages of an object.</summary>
    internal static EvictionResult EvictPages(this MemoryObject target, ulong first, ulong count)
    {
        List<FrameNumber> frames = [];
        for (ulong page = first; page < first + count; page++)
        {
            if (target.FrameOf(page) is { } frame)
            {
                frames.Add(frame);
            }
        }

        return target.Memory.Evict(frames);
    }

    /// <summary>Evicts every page of a pool that can go.</summary>
    internal static EvictionResult EvictEverything(this PhysicalMemory memory) =>
        memory.Evict(Enumerable.Range(1, (int)memory.FrameCount - 1).Select(static frame => new FrameNumber((ulong)frame)));

    /// <summary>The frame that a page of an object has, if it is in memory.</summary>
    internal static FrameNumber? FrameOf(this MemoryObject target, ulong page)
    {
        if (!target.TryGetCachedPage(page, out FrameNumber frame))
        {
            return null;
        }

        target.Memory.Put(frame);
        return frame;
    }

    /// <summary>Nobody uses a frame or a swap slot of a pool: all that the store has can be taken.</summary>
    internal static void AssertNothingIsLeft(this PhysicalMemory memory)
    {
        Assert.Equal(1, memory.FramesInUse);
        SwapEntry[] entries = new SwapEntry[memory.Swap.CanEvict ? memory.Swap.AreaOf(0).SlotCount : 0];
        Assert.Equal(entries.Length, memory.Swap.Allocate(entries));
        foreach (SwapEntry entry in entries)
        {
            memory.Swap.Drop(entry);
        }
    }
}
