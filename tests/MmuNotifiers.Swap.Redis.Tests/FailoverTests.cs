using System.Diagnostics;
using MmuNotifiers.Swap.Redis.Tests.Servers;

namespace MmuNotifiers.Swap.Redis.Tests;

/// <summary>A primary is killed; its replica takes over after the second that the nodes of these clusters wait.</summary>
public sealed class FailoverTests(ITestOutputHelper output)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(RedisAcknowledgement.Replica)]
    [InlineData(RedisAcknowledgement.Primary)]
    public async Task A_primary_killed_under_load_loses_no_page_that_a_replica_confirmed_and_mixes_up_none(RedisAcknowledgement acknowledgement)
    {
        Host.SkipWithoutRedis();
        await using RedisCluster cluster = await RedisCluster.StartAsync();
        await using RedisSwapStore store = await ConnectAsync(cluster, acknowledgement);
        const int Workers = 4;
        Workload[] workloads = [.. Enumerable.Range(0, Workers).Select(worker => new Workload(store, worker, slotCount: 3000))];
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        Task load = Task.WhenAll(workloads.Select(workload => Task.Run(() => workload.RunUntilAsync(end.Token), Stop)));
        await Eventually.HoldsAsync("every worker has pages to lose", () => Task.FromResult(workloads.All(workload => workload.Operations > 3000)));

        RedisProcess victim = cluster.Nodes[0];
        victim.Kill();
        long atKill = workloads.Sum(workload => workload.Operations);

        // Replicas confirm again when the killed node is back, as the replica of its replica.
        await cluster.AwaitFailoverAsync(victim);
        await victim.RestartAsync();
        await Eventually.HoldsAsync("the load goes on", () => Task.FromResult(workloads.All(workload => workload.Operations > atKill / Workers * 2)));
        await end.CancelAsync();
        await load;

        int gone = 0;
        foreach (Workload workload in workloads)
        {
            gone += await workload.VerifyAsync();
        }

        output.WriteLine($"{acknowledgement}: {workloads.Sum(w => w.Operations)} page operations, {gone} pages lost, {workloads.Sum(w => w.Refused)} refused, {store.Statistics}");
        Assert.True(store.Statistics.Retries > 0, "the killed primary was never noticed: the test tests nothing");
        if (acknowledgement == RedisAcknowledgement.Replica)
        {
            Assert.Equal(0, gone);
        }
    }

    [Fact]
    public async Task Reads_wait_while_the_replica_takes_over()
    {
        Host.SkipWithoutRedis();
        await using RedisCluster cluster = await RedisCluster.StartAsync();
        await using RedisSwapStore store = await ConnectAsync(cluster, RedisAcknowledgement.Primary);
        long[] slots = [.. Enumerable.Range(0, 64 * 30).Select(slot => (long)slot)];
        await Pages.StoreAsync(store, slots);
        await cluster.AwaitReplicationAsync();
        cluster.Nodes[1].Kill();
        var clock = Stopwatch.StartNew();
        await Pages.AssertHoldsAsync(store, slots);
        output.WriteLine($"the reads took {clock.Elapsed.TotalSeconds:f1} s, {store.Statistics.Retries} pages were asked for again");
        Assert.True(clock.Elapsed.TotalSeconds > 0.8, $"the reads took only {clock.Elapsed}: nothing was waited for");
        Assert.True(store.Statistics.Retries > 0);
    }

    [Theory]
    [InlineData(RedisAcknowledgement.Primary)]
    [InlineData(RedisAcknowledgement.Replica)]
    public async Task A_primary_that_hangs_is_taken_over_and_fools_nobody_when_it_goes_on(RedisAcknowledgement acknowledgement)
    {
        Host.SkipWithoutRedis();
        await using RedisCluster cluster = await RedisCluster.StartAsync();
        await using RedisSwapStore store = await ConnectAsync(cluster, acknowledgement);
        long[] slots = [.. Enumerable.Range(0, 64 * 20).Select(slot => (long)slot)];
        await Pages.StoreAsync(store, slots);
        await cluster.AwaitReplicationAsync();
        RedisProcess hanging = cluster.Nodes[0];
        hanging.Freeze();
        await Pages.AssertHoldsAsync(store, slots);
        Assert.True(store.Statistics.Retries > 0, "nobody noticed that a primary hangs");
        Task writing = Pages.StoreAsync(store, slots, version: 1);
        if (acknowledgement == RedisAcknowledgement.Primary)
        {
            await writing;
        }

        hanging.Thaw();
        for (int look = 0; look < 20; look++)
        {
            await writing;
            await Pages.AssertHoldsAsync(store, slots, version: 1);
        }
    }

    [Fact]
    public async Task What_a_replica_did_not_get_is_lost_or_corrupt_and_nothing_else_is()
    {
        Host.SkipWithoutRedis();
        await using RedisCluster cluster = await RedisCluster.StartAsync();
        await using RedisSwapStore store = await ConnectAsync(cluster, RedisAcknowledgement.Primary);
        long[] old = [.. Enumerable.Range(0, 64 * 12).Select(slot => (long)slot)];
        long[] fresh = [.. Enumerable.Range(64 * 12, 64 * 12).Select(slot => (long)slot)];
        await Pages.StoreAsync(store, old, version: 1);
        await cluster.AwaitReplicationAsync();

        // The replica is cut off from its primary alone, so it will take over with what it has.
        RedisProcess primary = cluster.Nodes[2];
        RedisProcess replica = cluster.Nodes[5];
        await cluster.CutReplicationAsync(replica);
        await Pages.StoreAsync(store, old, version: 2);
        await Pages.StoreAsync(store, fresh, version: 2);
        primary.Kill();

        SwapTransfer[] readOld = await Pages.ReadAsync(store, old);
        SwapTransfer[] readFresh = await Pages.ReadAsync(store, fresh);
        Assert.All(readOld, transfer => Assert.True(
            transfer.Outcome == SwapOutcome.Success ? Pages.Holds(transfer, version: 2) : transfer.Outcome == SwapOutcome.Corrupt, transfer.Detail));
        Assert.All(readFresh, transfer => Assert.True(
            transfer.Outcome == SwapOutcome.Success ? Pages.Holds(transfer, version: 2) : transfer.Outcome == SwapOutcome.Lost, transfer.Detail));

        SwapTransfer[] stale = [.. readOld.Where(transfer => transfer.Outcome == SwapOutcome.Corrupt)];
        Assert.NotEmpty(stale);
        Assert.Contains($"redis {replica.Address} key ", stale[0].Detail, StringComparison.Ordinal);
        Assert.EndsWith("the value is of write 1 instead of 2", stale[0].Detail, StringComparison.Ordinal);
        Assert.Contains(readOld, transfer => transfer.Outcome == SwapOutcome.Success);
        Assert.Contains(readFresh, transfer => transfer.Outcome == SwapOutcome.Lost);
        Assert.Contains(readFresh, transfer => transfer.Outcome == SwapOutcome.Success);

        // The slots are as good as new.
        await Pages.StoreAsync(store, old, version: 3);
        await Pages.AssertHoldsAsync(store, old, version: 3);
    }

    [Fact]
    public async Task What_the_replica_did_not_get_was_never_acknowledged_under_the_policy_replica()
    {
        Host.SkipWithoutRedis();
        await using RedisCluster cluster = await RedisCluster.StartAsync();
        await using RedisSwapStore store = await RedisSwapStore.ConnectAsync(
            new RedisSwapOptions
            {
                Configuration = cluster.Configuration,
                Acknowledgement = RedisAcknowledgement.Replica,
                Timeout = TimeSpan.FromSeconds(2),
                AttemptTimeout = TimeSpan.FromMilliseconds(400),
            },
            Stop);
        long[] slots = [.. Enumerable.Range(0, 64 * 12).Select(slot => (long)slot)];
        await cluster.CutReplicationAsync(cluster.Nodes[5]);
        SwapTransfer[] written = await Pages.WriteAsync(store, slots);
        SwapTransfer[] refused = [.. written.Where(transfer => transfer.Outcome != SwapOutcome.Success)];
        Assert.NotEmpty(refused);
        Assert.True(refused.Length < written.Length, "pages of the other shards are acknowledged");
        Assert.All(refused, transfer => Assert.Equal(SwapOutcome.Unavailable, transfer.Outcome));
        Assert.Contains(refused, transfer => transfer.Detail!.Contains("0 of 1 replicas confirmed it; given up after 2.", StringComparison.Ordinal));
        Assert.All(refused, transfer => Assert.Contains(cluster.Nodes[2].Address, transfer.Detail, StringComparison.Ordinal));
        Pages.AssertAll(SwapOutcome.Lost, await Pages.ReadAsync(store, refused.Select(transfer => transfer.Slot)));
    }

    private static Task<RedisSwapStore> ConnectAsync(RedisCluster cluster, RedisAcknowledgement acknowledgement) =>
        RedisSwapStore.ConnectAsync(
            new RedisSwapOptions
            {
                Configuration = cluster.Configuration,
                Acknowledgement = acknowledgement,
                Timeout = TimeSpan.FromSeconds(25),
                AttemptTimeout = TimeSpan.FromMilliseconds(500),
            },
            Stop);
}
