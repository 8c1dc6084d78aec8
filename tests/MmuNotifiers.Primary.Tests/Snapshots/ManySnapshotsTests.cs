using MmuNotifiers.Primary.Tests.Core;

namespace MmuNotifiers.Primary.Tests.Snapshots;

/// <summary>A pool and the snapshots that come and go in it: their swap areas are given back.</summary>
public sealed class ManySnapshotsTests : SnapshotTest
{
    private const int Pages = 4;

    private PhysicalMemory Pool { get => field ??= Hold(new PhysicalMemory(4096, FreedFrames.Poisoned, new ReclaimOptions { ReadAheadPages = 1 })); }

    [Fact]
    public void A_pool_takes_any_number_of_snapshots_while_two_stay_in_use()
    {
        string[] files = [.. Enumerable.Range(1, 5).Select(number => SavedWith((byte)number))];
        using Snapshot first = Snapshot.Open(files[3]);
        using Snapshot second = Snapshot.Open(files[4]);
        using AddressSpace stays = first.Load(Pool);
        using AddressSpace staysToo = second.Load(Pool);

        for (int cycle = 0; cycle < 1000; cycle++)
        {
            int file = cycle % 3;
            using Snapshot snapshot = Snapshot.Open(files[file]);
            using AddressSpace loaded = snapshot.Load(Pool);
            ulong page = (ulong)(cycle % Pages);
            Assert.Equal(ValueOf(file + 1, page), Load(loaded, page));
            loaded.Store(First + page, 0xFF);
            Assert.Equal(ValueOf(file + 1, (page + 1) % Pages), Load(loaded, (page + 1) % Pages));
            Assert.InRange(Pool.Swap.AreaCount, 3, 4);
        }

        AssertShows(stays, 4);
        AssertShows(staysToo, 5);
        stays.AssertInvariants();
        Assert.Empty(Pool.SwapFailures);
    }

    [Fact]
    public void With_the_last_address_space_and_the_snapshot_the_area_goes()
    {
        Snapshot snapshot = Snapshot.Open(SavedWith(1));
        AddressSpace loaded = snapshot.Load(Pool);
        AddressSpace again = snapshot.Load(Pool);
        AssertShows(loaded, 1);
        Assert.Equal(1, Pool.Swap.AreaCount);
        loaded.Dispose();
        again.Dispose();
        Assert.Equal(1, Pool.Swap.AreaCount);

        snapshot.Dispose();

        Assert.Equal(0, Pool.Swap.AreaCount);
        Assert.False(Pool.Swap.IsInUse);
        snapshot.Dispose();
    }

    [Fact]
    public void A_snapshot_that_is_closed_early_keeps_its_area_until_nobody_names_its_pages()
    {
        string file = SavedWith(1);
        AddressSpace loaded;
        using (Snapshot snapshot = Snapshot.Open(file))
        {
            loaded = snapshot.Load(Pool);
            Assert.Equal(ValueOf(1, 0), Load(loaded, 0));
        }

        using (Snapshot other = Snapshot.Open(SavedWith(2)))
        using (AddressSpace beside = other.Load(Pool))
        {
            Assert.Equal(2, Pool.Swap.AreaCount);
            AssertShows(beside, 2);
            Assert.Equal(ValueOf(1, 0), Load(loaded, 0));
            Assert.Equal(FaultResult.BusError, loaded.Access(Spaces.At(First + 3), AccessRights.Read).Result);
            loaded.AssertInvariants();
        }

        loaded.Dispose();
        using Snapshot last = Snapshot.Open(file);
        using AddressSpace anew = last.Load(Pool);
        Assert.Equal(1, Pool.Swap.AreaCount);
        AssertShows(anew, 1);
    }

    [Fact]
    public void What_a_fork_shares_keeps_the_area()
    {
        Snapshot snapshot = Snapshot.Open(SavedWith(1));
        AddressSpace loaded = snapshot.Load(Pool);
        AddressSpace child = loaded.Fork()!;
        AssertShows(child, 1);
        loaded.Dispose();
        snapshot.Dispose();
        Assert.Equal(1, Pool.Swap.AreaCount);
        AssertShows(child, 1);
        child.Dispose();

        using Snapshot other = Snapshot.Open(SavedWith(2));
        using AddressSpace anew = other.Load(Pool);
        Assert.Equal(1, Pool.Swap.AreaCount);
    }

    [Fact]
    public void One_more_than_there_can_be_is_refused_until_one_is_given_back()
    {
        string file = SavedWith(1);
        List<(Snapshot Snapshot, AddressSpace Space)> open = [];
        for (int number = 0; number < SwapEntry.MaxAreas - 1; number++)
        {
            Snapshot snapshot = Snapshot.Open(file);
            open.Add((snapshot, snapshot.Load(Pool)));
        }

        using Snapshot one = Snapshot.Open(file);
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(() => one.Load(Pool));
        Assert.Contains("255 snapshots", refused.Message, StringComparison.Ordinal);
        open[17].Space.Dispose();
        open[17].Snapshot.Dispose();

        using (AddressSpace loaded = one.Load(Pool))
        {
            AssertShows(loaded, 1);
        }

        AssertShows(open[254].Space, 1);
        open.ForEach(static held =>
        {
            held.Space.Dispose();
            held.Snapshot.Dispose();
        });
    }

    [Fact]
    public void A_closed_snapshot_loads_nothing()
    {
        Snapshot snapshot = Snapshot.Open(SavedWith(1));
        snapshot.Dispose();

        Assert.Throws<ObjectDisposedException>(() => snapshot.Load(Pool));
        Assert.Equal(0, Pool.Swap.AreaCount);
    }

    /// <summary>
    /// Three threads open, load, use and close in one pool that has two numbers for areas to give, so that each is given anew all the time, while
    /// a fourth goes on with a page that reclaim takes again and again.
    /// </summary>
    [Fact]
    public async Task Snapshots_that_come_and_go_at_once_never_show_each_others_pages()
    {
        const int Threads = 3;
        string[] files = [.. Enumerable.Range(1, Threads).Select(number => SavedWith((byte)number))];
        using Snapshot kept = Snapshot.Open(SavedWith(9));
        using AddressSpace stays = kept.Load(Pool);
        Pool.Swap.MaxReadOnlyAreas = 3;
        using CancellationTokenSource stop = new();
        using SemaphoreSlim areas = new(2);

        Task[] threads = [.. Enumerable.Range(0, Threads).Select(thread => Task.Run(
            () =>
            {
                for (int round = 0; round < 300; round++)
                {
                    areas.Wait();
                    using (Snapshot snapshot = Snapshot.Open(files[thread]))
                    using (AddressSpace loaded = snapshot.Load(Pool))
                    {
                        AssertShows(loaded, thread + 1);
                    }

                    areas.Release();
                }
            },
            TestContext.Current.CancellationToken))];
        Task reclaim = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    AssertShows(stays, 9);
                    stays.Advise(Spaces.At(First), Bytes(Pages), Advice.PageOut);
                }
            },
            TestContext.Current.CancellationToken);

        await Task.WhenAll(threads);
        await stop.CancelAsync();
        await reclaim;
        Assert.Empty(Pool.SwapFailures);
        Assert.Equal(1, Pool.Swap.AreaCount);
        stays.AssertInvariants();
    }

    /// <summary>A load that has begun goes on to its end, and the area goes with what was loaded.</summary>
    [Fact]
    public async Task A_load_against_the_closing_is_whole_or_refused()
    {
        string file = SavedWith(1);
        for (int round = 0; round < 200; round++)
        {
            Snapshot snapshot = Snapshot.Open(file);
            using Barrier start = new(2);
            Task closing = Task.Run(
                () =>
                {
                    start.SignalAndWait(TestContext.Current.CancellationToken);
                    snapshot.Dispose();
                },
                TestContext.Current.CancellationToken);
            start.SignalAndWait(TestContext.Current.CancellationToken);
            try
            {
                using AddressSpace loaded = snapshot.Load(Pool);
                loaded.AssertInvariants();
            }
            catch (ObjectDisposedException)
            {
                // The other one of the two right answers.
            }

            await closing;
        }

        using Snapshot last = Snapshot.Open(file);
        using AddressSpace alone = last.Load(Pool);
        Assert.Equal(1, Pool.Swap.AreaCount);
        AssertShows(alone, 1);
    }

    private static byte ValueOf(int number, ulong page) => (byte)((number * 16) + (int)page);

    private static void AssertShows(AddressSpace space, int number)
    {
        for (ulong page = 0; page < Pages; page++)
        {
            Assert.Equal(ValueOf(number, page), Load(space, page));
        }
    }

    private string SavedWith(byte number)
    {
        using AddressSpace space = new(Memory);
        Assert.Equal(Errno.None, space.Map(new MapRequest(
            Bytes(Pages), AccessRights.ReadWrite, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed) { Address = At(0) }).Error);
        for (ulong page = 0; page < Pages; page++)
        {
            space.Store(First + page, ValueOf(number, page));
        }

        string file = Folder[$"{number}.snapshot"];
        Save(space, file);
        return file;
    }
}
