namespace MmuNotifiers.Primary.Tests.Swap;

/// <summary>As <see cref="SwapTest"/>, for a test that needs another pool.</summary>
internal sealed class TestSwapFixture : SwapTest
{
    internal TestSwapFixture(long frames = 256, int readAheadPages = 1, long slots = 4096)
        : base(frames, readAheadPages, slots)
    {
    }

    internal new AddressSpace Space => base.Space;

    internal new PhysicalMemory Memory => base.Memory;

    internal new TestSwapStore Store => base.Store;

    internal new EvictionResult Evict(ulong page, ulong count = 1) => base.Evict(page, count);
}
