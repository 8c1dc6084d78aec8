using MmuNotifiers.Linux.Live.Tests.Support;
using MmuNotifiers.Linux.Witnesses;
using MmuNotifiers.Swap;

namespace MmuNotifiers.Linux.Live.Tests.Witnesses;

/// <summary>Our brackets against the kernel's own notifier: who is told first, and of what.</summary>
public sealed class PagedMemoryNotifierTests
{
    private const int Pages = 512;
    private const int ResidentPages = 64;
    private const int Accesses = 3000;

    [Theory]
    [InlineData(PagedMemoryBacking.Anonymous)]
    [InlineData(PagedMemoryBacking.SharedMemory)]
    public async Task Each_eviction_is_told_to_our_subscribers_before_the_kernel_tells_its_own(PagedMemoryBacking backing)
    {
        (BracketAudit audit, PagedMemoryStatistics statistics) = await Run(backing, PagingMutation.None);
        Assert.Empty(audit.Unannounced);
        Assert.True(statistics.Evictions > Accesses / 4, $"{statistics.Evictions} evictions");
        Assert.True(audit.Brackets >= 100, $"{audit.Brackets} brackets");
        Assert.Equal(audit.Brackets, audit.Exact);
        Assert.True(backing == PagedMemoryBacking.SharedMemory || audit.Looks == 0);
    }

    [Theory]
    [InlineData(PagedMemoryBacking.Anonymous)]
    [InlineData(PagedMemoryBacking.SharedMemory)]
    public async Task An_eviction_without_a_bracket_is_found_by_the_kernel_s_events(PagedMemoryBacking backing)
    {
        (BracketAudit audit, PagedMemoryStatistics statistics) = await Run(backing, PagingMutation.EvictsWithoutBracket);
        Assert.True(statistics.Evictions > 0);
        Assert.NotEmpty(audit.Unannounced);
        Assert.Equal(0, audit.Brackets);
    }

    private static async Task<(BracketAudit Audit, PagedMemoryStatistics Statistics)> Run(PagedMemoryBacking backing, PagingMutation mutation)
    {
        Host.Require(HostCapabilities.NotifierTrace, backing == PagedMemoryBacking.Anonymous ? HostCapabilities.PagedMemory : HostCapabilities.SharedPagedMemory);
        await using MemorySwapStore swap = new(2 * Pages);
        using PagedMemory memory = PagedMemory.Create(new PagedMemoryOptions
        {
            Pages = Pages, MaxResidentPages = ResidentPages, Swap = swap, Backing = backing, Mutation = mutation, KeepsCleanPages = false,
        });
        using KernelSecondary secondary = new(memory.Range);
        using NotifierTrace trace = NotifierTrace.Start(new NotifierTraceOptions { Window = memory.Range, BufferKibibytes = 8192 });
        using NotifierSubscription subscription = memory.Register(new MarkingNotifier(trace));
        Random random = new(4711);
        ulong[] expected = new ulong[Pages];
        for (int access = 0; access < Accesses; access++)
        {
            int page = random.Next(Pages);
            VirtualAddress at = memory.Range.Start + ((ulong)page << Page.Shift);
            Assert.Equal(expected[page], Native.Load64(at));
            Native.Store64(at, expected[page] = (ulong)access + 1);
        }

        subscription.Dispose();
        IReadOnlyList<NotifierEvent> events = trace.Read();
        return (BracketAudit.Of(events, memory.Range, mayFollow: backing == PagedMemoryBacking.SharedMemory), memory.Statistics);
    }
}
