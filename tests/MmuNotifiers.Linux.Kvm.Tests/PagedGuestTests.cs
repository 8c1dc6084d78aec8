using MmuNotifiers.Linux.Kvm.Guests;
using MmuNotifiers.Swap;

namespace MmuNotifiers.Linux.Kvm.Tests;

/// <summary>Guests whose memory this library pages: nothing is pinned, nothing is lost.</summary>
public sealed class PagedGuestTests
{
    private const int Pages = 2048;
    private const int Frames = Pages / 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(PagedMemoryBacking.Anonymous, 1)]
    [InlineData(PagedMemoryBacking.SharedMemory, 1)]
    [InlineData(PagedMemoryBacking.Anonymous, 2)]
    [InlineData(PagedMemoryBacking.SharedMemory, 2)]
    public async Task A_guest_with_a_quarter_of_its_memory_loses_nothing(PagedMemoryBacking backing, int processors)
    {
        Host.RequireKvm();
        const long Visits = 6_000;
        await using MemorySwapStore swap = new(Pages * 2);
        using PagedMemory memory = PagedMemory.Create(new PagedMemoryOptions
        {
            Pages = Pages, MaxResidentPages = Frames, Swap = swap, Backing = backing,
        });
        using LoopGuest guest = LoopGuest.Create(memory, processors);
        Task<LoopResult>[] running = [.. Enumerable.Range(0, processors).Select(number => Task.Factory.StartNew(
            () => guest.VisitAtRandom(number, Visits, (ulong)number + 1), TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        foreach (Task<LoopResult> task in running)
        {
            LoopResult result = await task.WaitAsync(Patience, TestContext.Current.CancellationToken);
            Assert.True(result.IsComplete, result.ToString());
        }

        for (int number = 0; number < processors; number++)
        {
            LoopResult sum = guest.Sum(number);
            Assert.True(sum.IsComplete, sum.ToString());
            Assert.Equal((ulong)Visits, sum.Value);
            Assert.Equal((ulong)Visits, SumFromOutside(memory, number));
        }

        PagedMemoryStatistics statistics = memory.Statistics;
        Assert.True(statistics.Evictions > Pages - Frames, statistics.ToString());
        Assert.InRange(statistics.ResidentPages, 1, Frames);
        Assert.Empty(memory.Failures);
    }

    private static ulong SumFromOutside(PagedMemory memory, int processor)
    {
        ulong sum = 0;
        byte[] word = new byte[sizeof(ulong)];
        for (ulong page = 0; page < Pages; page++)
        {
            Assert.True(memory.TryRead(memory.Range.Start + (page << Page.Shift) + ((ulong)processor * sizeof(ulong)), word));
            sum += BitConverter.ToUInt64(word);
        }

        return sum;
    }
}
