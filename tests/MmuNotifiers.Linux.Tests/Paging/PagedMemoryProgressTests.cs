using MmuNotifiers.Swap;

namespace MmuNotifiers.Linux.Tests.Paging;

/// <summary>Whoever waits gets on, whatever others do wrong meanwhile.</summary>
public sealed class PagedMemoryProgressTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public void A_store_to_a_page_that_came_back_past_the_window_gets_on() => Isolated.Run(
        static () =>
        {
            Host.Require(PagedMemoryBacking.SharedMemory);
            using var swap = new OwnedStore(new MemorySwapStore(1024));
            using PagedMemory memory = Create(swap.Store, PagedMemoryBacking.SharedMemory);
            for (ulong page = 0; page < 4; page++)
            {
                NativeAccess.Store64(PageOf(memory, page), page + 1);
            }

            var translations = new Translation[4];
            Assert.Equal(FaultResult.Success, memory.FaultRange(AddressRange.FromPages(memory.Range.Start, 4), AccessRights.Read, translations).Result);
            nint[] kept = [.. translations.Select(translation => memory.FrameAddress(translation.Frame))];
            for (ulong page = 8; page < 256; page++)
            {
                NativeAccess.Store64(PageOf(memory, page), page + 1);
            }

            // What a secondary does that ignores its invalidations: each access makes a page of zeroes in the file.
            Assert.All(kept, static bytes => Assert.Equal(0UL, NativeAccess.Load64(new VirtualAddress((ulong)bytes))));
            for (ulong page = 0; page < 4; page++)
            {
                NativeAccess.Store64(PageOf(memory, page), page + 100);
                Assert.Equal(page + 100, NativeAccess.Load64(PageOf(memory, page)));
            }
        },
        Limit);

    [Fact]
    public void A_fault_that_waits_for_a_callers_read_is_tried_again_when_that_fails() => Isolated.RunForEachBacking(
        static backing =>
        {
            var store = new GatedStore(new MemorySwapStore(1024));
            using var swap = new OwnedStore(store);
            using PagedMemory memory = Create(store, backing);
            for (ulong page = 0; page < 256; page++)
            {
                NativeAccess.Store64(PageOf(memory, page), page + 1);
            }

            store.HoldNextRead();
            Task<bool> caller = Task.Factory.StartNew(() => memory.TryRead(PageOf(memory, 3), new byte[8]), TaskCreationOptions.LongRunning);
            store.AwaitHeld();
            Task<ulong> native = Task.Factory.StartNew(() => NativeAccess.Load64(PageOf(memory, 3)), TaskCreationOptions.LongRunning);
            while (memory.Statistics.DeferredFaults == 0)
            {
                Thread.Yield();
            }

            store.FailHeld();
            Assert.False(caller.GetAwaiter().GetResult());
            Assert.Equal(4UL, native.GetAwaiter().GetResult());
        },
        Limit);

    [Fact]
    public void A_subscriber_that_throws_at_callers_does_not_hold_up_the_end_of_the_memory() => Isolated.RunForEachBacking(
        static backing =>
        {
            using var swap = new OwnedStore(new MemorySwapStore(1024));
            PagedMemory memory = Create(swap.Store, backing);
            using var witness = new BracketWitness(memory);
            for (ulong page = 0; page < 32; page++)
            {
                Assert.True(memory.TryWrite(PageOf(memory, page), [1]));
            }

            AddressRange next = AddressRange.FromPages(PageOf(memory, 100), 1);
            witness.OnStart = static _ => throw new InvalidOperationException("not today");
            Assert.Throws<InvalidOperationException>(() => memory.TryRead(next.Start, new byte[1]));
            Assert.Throws<InvalidOperationException>(() => memory.Pin(next));
            Assert.Throws<InvalidOperationException>(() => memory.FaultRange(next, AccessRights.Read, new Translation[1]));
            witness.OnStart = null;
            memory.Dispose();
        },
        Limit);

    [Fact]
    public void Pages_that_were_discarded_before_a_subscriber_threw_read_as_zeroes() => Isolated.RunForEachBacking(
        static backing =>
        {
            using var swap = new OwnedStore(new MemorySwapStore(1024));
            using PagedMemory memory = Create(swap.Store, backing);
            using var witness = new BracketWitness(memory);
            Assert.True(memory.TryWrite(PageOf(memory, 3), [7]));
            witness.OnEnd = static _ => throw new InvalidOperationException("not today");
            Assert.Throws<InvalidOperationException>(() => memory.Discard(AddressRange.OfPage(PageOf(memory, 3))));
            witness.OnEnd = null;
            Assert.Equal(0, memory.Statistics.ResidentPages);
            byte[] read = [1];
            Assert.True(memory.TryRead(PageOf(memory, 3), read));
            Assert.Equal(0, read[0]);
        },
        Limit);

    [Fact]
    public void A_page_whose_collector_met_a_subscriber_that_threw_takes_stores_and_is_told_the_next_time() => Isolated.RunForEachBacking(
        static backing =>
        {
            using var swap = new OwnedStore(new MemorySwapStore(1024));
            using PagedMemory memory = Create(swap.Store, backing);
            using var witness = new BracketWitness(memory);
            NativeAccess.Store64(PageOf(memory, 3), 1);
            NativeAccess.Store64(PageOf(memory, 4), 1);
            ulong[] written = new ulong[4];
            witness.OnEnd = static _ => throw new InvalidOperationException("not today");
            Assert.Throws<InvalidOperationException>(() => memory.CollectDirty(memory.Range, written));
            witness.OnEnd = null;
            Assert.True(memory.TryWrite(PageOf(memory, 3), [2]));
            Assert.Equal(2, memory.CollectDirty(memory.Range, written));
            Assert.Equal(0b11000UL, written[0]);
            NativeAccess.Store64(PageOf(memory, 4), 3);
            Assert.Equal(1, memory.CollectDirty(memory.Range, written));
        },
        Limit);

    private static PagedMemory Create(ISwapStore swap, PagedMemoryBacking backing) =>
        PagedMemory.Create(new PagedMemoryOptions { Pages = 256, MaxResidentPages = 32, Swap = swap, Backing = backing });

    private static VirtualAddress PageOf(PagedMemory memory, ulong page) => memory.Range.Start + (page << Page.Shift);
}
