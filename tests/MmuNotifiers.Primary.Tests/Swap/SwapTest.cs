using MmuNotifiers.Primary.Tests.Core;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Swap;

/// <summary>A pool over a store, an address space, and words for eviction. When a test is over nothing may be left in use.</summary>
public abstract class SwapTest : IDisposable
{
    private protected SwapTest(long frames = 256, int readAheadPages = 1, long slots = 4096)
    {
        Store = new TestSwapStore(slots);
        Memory = new PhysicalMemory(frames, FreedFrames.Poisoned, new ReclaimOptions
        {
            Swap = Store,
            LowWatermarkPages = 0,
            ReadAheadPages = readAheadPages,
        });
        Space = NewSpace();
        Eviction = new PageEviction(Memory);
    }

    private protected TestSwapStore Store { get; }

    private protected PhysicalMemory Memory { get; }

    private protected AddressSpace Space { get; }

    private protected PageEviction Eviction { get; }

    public void Dispose()
    {
        AssertInvariants();
        foreach (AddressSpace space in Memory.Spaces.ToArray())
        {
            space.Dispose();
        }

        Assert.Equal(1, Memory.FramesInUse);
        Memory.Swap.AssertInvariants(new Dictionary<SwapEntry, int>());
        Memory.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected AddressSpace NewSpace() => new(Memory, new AddressSpaceOptions { FaultAroundPages = 1 });

    /// <summary>Checks every address space, and the slots against all of their ptes.</summary>
    private protected void AssertInvariants() => AssertInvariants(Memory);

    private protected static void AssertInvariants(PhysicalMemory memory) => SwapTestInvariants.Assert(memory);

    /// <summary>Evicts the pages that an address space maps.</summary>
    private protected EvictionResult Evict(AddressSpace space, ulong page, ulong count = 1)
    {
        List<FrameNumber> frames = [];
        for (ulong i = 0; i < count; i++)
        {
            Pte pte = space.PeekPte(At(page + i));
            if (pte.HoldsFrame && !pte.IsSpecial)
            {
                frames.Add(pte.Frame);
            }
        }

        return Eviction.Evict(frames.ToArray(), EvictionReason.Advice);
    }

    private protected EvictionResult Evict(ulong page, ulong count = 1) => Evict(Space, page, count);

    private protected static Pte PteAt(AddressSpace space, ulong page) => space.PeekPte(At(page));

    private protected Pte PteAt(ulong page) => PteAt(Space, page);

    /// <summary>Maps pages and stores 1, 2, 3... into them.</summary>
    private protected AddressRange MapFilled(ulong page, ulong count)
    {
        AddressRange range = Space.MapPrivate(page, count);
        for (ulong i = 0; i < count; i++)
        {
            Space.Store(page + i, (byte)(i + 1));
        }

        return range;
    }

    /// <summary>The bytes of pages, one each.</summary>
    private protected static byte[] Bytes(AddressSpace space, ulong page, ulong count) =>
        [.. Enumerable.Range(0, (int)count).Select(i => space.Load(page + (ulong)i))];
}
