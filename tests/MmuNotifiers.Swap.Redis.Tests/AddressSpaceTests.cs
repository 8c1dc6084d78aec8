using System.Diagnostics;
using MmuNotifiers.Primary;
using MmuNotifiers.Swap.Redis.Tests.Servers;

namespace MmuNotifiers.Swap.Redis.Tests;

/// <summary>An address space four times as large as its memory, whose other pages are on a cluster.</summary>
public sealed class AddressSpaceTests(ITestOutputHelper output)
{
    private const int PageCount = 2048;
    private const int FrameCount = 512;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_primary_killed_on_the_way_costs_an_address_space_no_byte()
    {
        Host.SkipWithoutRedis();
        await using RedisCluster cluster = await RedisCluster.StartAsync();
        await using RedisSwapStore store = await ConnectAsync(cluster, RedisAcknowledgement.Replica);
        using PhysicalMemory memory = new(FrameCount, FreedFrames.KeepBytes, new ReclaimOptions { Swap = store });
        using AddressSpace space = new(memory);
        VirtualAddress start = Map(space);
        Fill(space, start, 0, PageCount, version: 0);
        RedisProcess victim = cluster.Nodes[1];

        // A thread goes over all pages meanwhile, reading each and writing every fourth anew.
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        int[] versions = new int[PageCount];
        long rounds = 0;
        Task walking = Task.Factory.StartNew(
            () =>
            {
                while (!end.IsCancellationRequested)
                {
                    WalkOnce(space, start, versions);
                    Interlocked.Increment(ref rounds);
                }
            },
            Stop,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        await RoundsAsync(2);
        victim.Kill();
        var clock = Stopwatch.StartNew();
        await cluster.AwaitFailoverAsync(victim);
        output.WriteLine($"the replica took over after {clock.Elapsed.TotalSeconds:f1} s");
        await victim.RestartAsync();
        await RoundsAsync(2);
        await end.CancelAsync();
        await walking;

        WalkOnce(space, start, versions);
        output.WriteLine($"{memory.SwapStatistics}, {store.Statistics}");
        Assert.Empty(memory.SwapFailures);
        Assert.True(store.Statistics.Retries > 0, "the killed primary was never noticed");
        Assert.True(memory.SwapStatistics.SwapIns > PageCount);

        Task RoundsAsync(int more)
        {
            long until = Interlocked.Read(ref rounds) + more;
            return Eventually.HoldsAsync(
                "the walk goes on",
                () => Task.FromResult(walking.IsCompleted || Interlocked.Read(ref rounds) >= until),
                seconds: 60);
        }
    }

    [Fact]
    public async Task A_page_that_is_really_lost_is_a_bus_error_of_that_page_alone_with_a_report()
    {
        Host.SkipWithoutRedis();
        await using RedisProcess server = await RedisProcess.StartAsync();
        await using RedisSwapStore store = await RedisSwapStore.ConnectAsync(new RedisSwapOptions { Configuration = server.Address }, Stop);
        using PhysicalMemory memory = new(FrameCount, FreedFrames.KeepBytes, new ReclaimOptions { Swap = store, ReadAheadPages = 8 });
        using AddressSpace space = new(memory);
        VirtualAddress start = Map(space);
        Fill(space, start, 0, PageCount, version: 0);

        using Client client = await Client.ConnectAsync(server);
        string[] keys = (await client.SendAsync("KEYS", $"mmun:{{{store.Owner}:*")).Split('\n');
        Assert.True(keys.Length > PageCount / 2);
        string lost = keys[keys.Length / 2];
        await client.SendAsync("DEL", lost);

        byte[] bytes = new byte[Pages.Bytes];
        int[] faulted = [.. Enumerable.Range(0, PageCount).Where(page =>
        {
            TransferResult read = space.Read(AddressOf(start, page), bytes);
            Assert.True(read.Result is FaultResult.BusError || bytes.AsSpan().SequenceEqual(Pages.Of(page)), $"page {page}: {read}");
            return read.Result != FaultResult.Success;
        })];
        int bad = Assert.Single(faulted);
        Assert.Equal(FaultResult.BusError, space.Access(AddressOf(start, bad), AccessRights.Read).Result);
        SwapFailure report = memory.SwapFailures[^1];
        output.WriteLine(report.ToString());
        Assert.Equal((SwapOperation.Read, SwapOutcome.Lost, "redis"), (report.Operation, report.Outcome, report.Store));
        Assert.Equal($"redis {server.Address} key {lost}: the key is gone", report.Detail);

        // The page's neighbours, and whatever else happens to the address space, are unharmed; so is its place once it is unmapped.
        Fill(space, start, 0, bad, version: 1);
        Assert.Equal(Errno.None, space.Unmap(AddressOf(start, bad), Pages.Bytes));
        Verify(space, start, 0, bad, version: 1);
        Verify(space, start, bad + 1, PageCount, version: 0);
    }

    private static Task<RedisSwapStore> ConnectAsync(RedisCluster cluster, RedisAcknowledgement acknowledgement) =>
        RedisSwapStore.ConnectAsync(
            new RedisSwapOptions
            {
                Configuration = cluster.Configuration,
                Acknowledgement = acknowledgement,
                AttemptTimeout = TimeSpan.FromMilliseconds(500),
                Timeout = TimeSpan.FromSeconds(25),
            },
            Stop);

    private static VirtualAddress Map(AddressSpace space) =>
        space.Map(new MapRequest(PageCount * Pages.Bytes, AccessRights.ReadWrite, MapFlags.Private | MapFlags.Anonymous)).Address;

    private static VirtualAddress AddressOf(VirtualAddress start, int page) => new(start.Value + ((ulong)page * Pages.Bytes));

    private static void Fill(AddressSpace space, VirtualAddress start, int first, int end, int version)
    {
        for (int page = first; page < end; page++)
        {
            Assert.Equal(FaultResult.Success, space.Write(AddressOf(start, page), Pages.Of(page, version)).Result);
        }
    }

    private static void Verify(AddressSpace space, VirtualAddress start, int first, int end, int version)
    {
        byte[] bytes = new byte[Pages.Bytes];
        for (int page = first; page < end; page++)
        {
            Assert.Equal(FaultResult.Success, space.Read(AddressOf(start, page), bytes).Result);
            Assert.True(bytes.AsSpan().SequenceEqual(Pages.Of(page, version)), $"page {page} has other bytes than version {version}");
        }
    }

    private static void WalkOnce(AddressSpace space, VirtualAddress start, int[] versions)
    {
        for (int page = 0; page < PageCount; page++)
        {
            Verify(space, start, page, page + 1, versions[page]);
            if (page % 4 == 0)
            {
                Fill(space, start, page, page + 1, ++versions[page]);
            }
        }
    }
}
