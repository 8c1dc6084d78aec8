using MmuNotifiers.Primary.Tests.Core;

namespace MmuNotifiers.Primary.Tests.Reclaim;

public sealed class BackgroundReclaimTests
{
    private const ulong First = 0x1000;

    [Fact]
    public void Few_free_frames_wake_a_thread_that_makes_room()
    {
        PageArrayStore store = new(100_000);
        using ManualResetEventSlim written = new();
        store.OnWrite = () =>
        {
            if (Thread.CurrentThread.Name == "MmuNotifiers reclaim")
            {
                written.Set();
            }
        };
        using PhysicalMemory memory = new(
            2048, reclaim: new ReclaimOptions { Swap = store, LowWatermarkPages = 256, HighWatermarkPages = 512, MinimumResidency = TimeSpan.Zero, ReadAheadPages = 1 });
        using AddressSpace space = new(memory);
        space.MapPrivate(First, 4096);
        DirectReclaimTests.Fill(space, First, 2047 - 200);
        Assert.True(written.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken), "The thread was not woken, or evicts nothing.");
        DirectReclaimTests.Fill(space, First, 4096);
        DirectReclaimTests.Check(space, First, 4096);
        ReclaimStatistics statistics = memory.Reclaim!.Statistics;
        Assert.True(statistics.BackgroundEvictions > 0);
        Assert.True(statistics.BackgroundWakeups > 0);
        Assert.True(space.GetStatistics().Evictions.Background > 0);
    }

    [Fact]
    public void Where_nothing_can_go_the_thread_gives_up_until_it_is_asked_again()
    {
        using PhysicalMemory memory = new(1024, reclaim: new ReclaimOptions { LowWatermarkPages = 512 });
        using AddressSpace space = new(memory);
        space.MapPrivate(First, 1023);
        DirectReclaimTests.Fill(space, First, 1000);
        Assert.Equal(0, memory.Reclaim!.Statistics.BackgroundEvictions);
    }

    [Fact]
    public void Without_watermarks_a_small_pool_has_no_thread()
    {
        PageArrayStore store = new(100_000);
        using PhysicalMemory memory = new(1024, reclaim: new ReclaimOptions { Swap = store, MinimumResidency = TimeSpan.Zero });
        using AddressSpace space = new(memory);
        space.MapPrivate(First, 2048);
        DirectReclaimTests.Fill(space, First, 2048);
        Assert.Equal(0, memory.Reclaim!.Statistics.BackgroundWakeups);
        Assert.True(memory.Reclaim.Statistics.DirectEvictions > 0);
    }
}
