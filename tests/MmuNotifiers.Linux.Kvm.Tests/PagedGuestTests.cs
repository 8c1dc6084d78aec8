using MmuNotifiers.Linux.Kvm.Guests;
using MmuNotifiers.Swap;

namespace MmuNotifiers.Linux.Kvm.Tests;

/// <summary>
/// Guests whose memory this library pages: nothing is pinned, nothing is lost. Each in a process of its own, with whose end its stores go.
/// </summary>
public sealed class PagedGuestTests
{
    private const int Pages = 2048;
    private const int Frames = Pages / 4;

    [Fact]
    public void A_guest_with_a_quarter_of_its_memory_loses_nothing() => ForEachBacking(backing => Visit(backing, processors: 1));

    [Fact]
    public void Two_processors_with_a_quarter_of_their_memory_lose_nothing() => ForEachBacking(backing => Visit(backing, processors: 2));

    [Fact]
    public void Collections_of_the_runtime_while_a_guest_waits_for_pages_keep_nobody_waiting()
    {
        Host.RequireKvm();
        ChildProcess.Isolate(() =>
        {
            using Collector collector = new();
            Visit(PagedMemoryBacking.Anonymous, processors: 1);
            Assert.True(collector.Collections > 0);
        });
    }

    [Fact]
    public void A_page_that_is_evicted_without_protection_is_missed_by_the_guest()
    {
        Host.RequireKvm();
        const long Visits = 3_000;
        ChildProcess.Isolate(() =>
        {
            for (int attempt = 0; attempt < 50; attempt++)
            {
                MemorySwapStore swap = new(Pages * 2);
                using PagedMemory memory = Create(swap, PagedMemoryBacking.SharedMemory, PagingMutation.EvictsWithoutProtection);
                using LoopGuest guest = LoopGuest.Create(memory, 2);
                LoopResult[] results = VisitAll(guest, Visits);
                if (results.Any(result => result.FoundLostPage) || guest.Sum(0).Value + guest.Sum(1).Value != 2 * Visits)
                {
                    return;
                }
            }

            Assert.Fail("No visitor missed what was stored to pages on their way out: the check of the others means nothing.");
        });
    }

    [Fact]
    public void A_lost_page_ends_the_run_and_not_the_process()
    {
        Host.RequireKvm();
        ChildProcess.Isolate(() =>
        {
            MemorySwapStore behind = new(Pages * 2);
            ForgetfulStore swap = new(behind);
            using PagedMemory memory = Create(swap, PagedMemoryBacking.Anonymous);
            using LoopGuest guest = LoopGuest.Create(memory);
            LoopResult result = guest.CountInSequence(0, rounds: 3);
            Assert.Equal(VirtualProcessorExitKind.LostMemory, result.Exit.Kind);
            VirtualAddress lost = Assert.Single(memory.Failures.Select(failure => failure.Page).Distinct());
            Assert.Equal(guest.Slot.Start.Value + (lost - memory.Range.Start), result.Exit.Address.Value);
            Assert.Equal(VirtualProcessorExitKind.LostMemory, guest.Continue(0).Exit.Kind);

            Assert.Equal(1, memory.Discard(AddressRange.OfPage(lost)));
            swap.Forgets = false;
            LoopResult again = guest.Continue(0);
            Assert.True(again.IsComplete, again.ToString());
        });
    }

    [Fact]
    public void A_guest_of_several_slots_over_one_paged_memory_sees_each_where_it_lies()
    {
        Host.RequireKvm();
        ChildProcess.Isolate(() =>
        {
            MemorySwapStore swap = new(Pages * 2);
            using PagedMemory memory = Create(swap, PagedMemoryBacking.Anonymous);
            using PlainGuestMemory first = new(1);
            using LoopGuest guest = LoopGuest.Create(first);
            AddressRange high = AddressRange.FromPages(memory.Range.Start + (Page.SizeBytes * 100), 10);
            using MemorySlot slot = guest.Machine.AddSlot(guest.Slot.Start + Page.SizeBytes, memory, high);
            Assert.True(guest.Run(0, GuestLoops.Store, new ProcessorRegisters { Rax = 42 }, offset: 3 * Page.SizeBytes).IsComplete);
            byte[] one = new byte[1];
            Assert.True(memory.TryRead(high.Start + (2 * Page.SizeBytes), one));
            Assert.Equal(42, one[0]);
        });
    }

    private static void ForEachBacking(Action<PagedMemoryBacking> body)
    {
        Host.RequireKvm();
        ChildProcess.Isolate(() =>
        {
            body(PagedMemoryBacking.Anonymous);
            body(PagedMemoryBacking.SharedMemory);
        });
    }

    private static void Visit(PagedMemoryBacking backing, int processors)
    {
        const long Visits = 6_000;
        MemorySwapStore swap = new(Pages * 2);
        using PagedMemory memory = Create(swap, backing);
        using LoopGuest guest = LoopGuest.Create(memory, processors);
        Assert.All(VisitAll(guest, Visits), result => Assert.True(result.IsComplete, result.ToString()));
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

    private static LoopResult[] VisitAll(LoopGuest guest, long visits)
    {
        LoopResult[] results = new LoopResult[guest.Processors];
        Thread[] threads = [.. Enumerable.Range(0, guest.Processors).Select(
            number => new Thread(() => results[number] = guest.VisitAtRandom(number, visits, (ulong)number + 1)))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return results;
    }

    private static PagedMemory Create(ISwapStore swap, PagedMemoryBacking backing, PagingMutation mutation = PagingMutation.None) =>
        PagedMemory.Create(new PagedMemoryOptions { Pages = Pages, MaxResidentPages = Frames, Swap = swap, Backing = backing, Mutation = mutation });

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
