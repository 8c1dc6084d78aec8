using MmuNotifiers.Swap.Redis.Tests.Servers;

namespace MmuNotifiers.Swap.Redis.Tests;

public sealed class RoundTripTests(SharedServers servers)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ServerKind.Single, RedisAcknowledgement.Primary)]
    [InlineData(ServerKind.Garnet, RedisAcknowledgement.Primary)]
    [InlineData(ServerKind.Cluster, RedisAcknowledgement.Primary)]
    [InlineData(ServerKind.Cluster, RedisAcknowledgement.Replica)]
    public async Task Pages_come_back_as_they_were_written(ServerKind kind, RedisAcknowledgement acknowledgement)
    {
        await using RedisSwapStore store = await ConnectAsync(kind, acknowledgement);
        long[] neighbours = [.. Enumerable.Range(100, 1000).Select(slot => (long)slot)];
        long[] scattered = [.. Enumerable.Range(0, 100).Select(index => 5000L + (index * 7919)).Reverse(), store.SlotCount - 1];
        await Pages.StoreAsync(store, neighbours);
        await Pages.StoreAsync(store, scattered);
        await Pages.StoreAsync(store, [42]);
        await Pages.AssertHoldsAsync(store, neighbours);
        await Pages.AssertHoldsAsync(store, scattered);
        await Pages.AssertHoldsAsync(store, [42]);
        Assert.Equal(1102, store.Statistics.PagesWritten);
        Assert.Equal(1102, store.Statistics.PagesRead);
    }

    [Theory]
    [InlineData(ServerKind.Single)]
    [InlineData(ServerKind.Garnet)]
    [InlineData(ServerKind.Cluster)]
    public async Task The_last_write_of_a_slot_is_what_is_read(ServerKind kind)
    {
        await using RedisSwapStore store = await ConnectAsync(kind);
        long[] slots = [.. Enumerable.Range(0, 200).Select(slot => (long)slot)];
        for (int version = 0; version < 5; version++)
        {
            await Pages.StoreAsync(store, slots, version);
            await Pages.AssertHoldsAsync(store, slots, version);
        }
    }

    [Theory]
    [InlineData(ServerKind.Single)]
    [InlineData(ServerKind.Garnet)]
    [InlineData(ServerKind.Cluster)]
    public async Task A_discarded_slot_is_lost_until_it_is_written_again(ServerKind kind)
    {
        await using RedisSwapStore store = await ConnectAsync(kind);
        await Pages.StoreAsync(store, [1, 2, 3]);
        store.Discard([2]);
        Pages.AssertAll(SwapOutcome.Lost, await Pages.ReadAsync(store, [2]));
        await Pages.AssertHoldsAsync(store, [1, 3]);

        // Discards go out behind the caller's back: none may hit the page that was written since.
        for (int version = 1; version <= 200; version++)
        {
            await Pages.StoreAsync(store, [2], version);
            await Pages.AssertHoldsAsync(store, [2], version);
            store.Discard([2]);
        }

        await Pages.StoreAsync(store, [2], version: 1000);
        await Pages.AssertHoldsAsync(store, [2], version: 1000);
    }

    [Fact]
    public async Task Discarded_pages_leave_the_server()
    {
        RedisProcess server = await servers.SingleAsync();
        await using RedisSwapStore store = await ConnectAsync(ServerKind.Single);
        using Client client = await Client.ConnectAsync(server);
        long[] slots = [.. Enumerable.Range(0, 1000).Select(slot => (long)slot)];
        await Pages.StoreAsync(store, slots);
        store.Discard(slots);
        await Eventually.HoldsAsync("only the lease is there", async () =>
            (await client.SendAsync("KEYS", "*")).Split('\n', StringSplitOptions.RemoveEmptyEntries) is [var lease]
            && lease.StartsWith("mmun:lease:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_stores_on_the_same_servers_do_not_see_each_other()
    {
        await using RedisSwapStore one = await ConnectAsync(ServerKind.Cluster);
        await using RedisSwapStore other = await ConnectAsync(ServerKind.Cluster);
        await Pages.StoreAsync(one, [7], version: 1);
        await Pages.StoreAsync(other, [7], version: 2);
        await Pages.AssertHoldsAsync(one, [7], version: 1);
        await Pages.AssertHoldsAsync(other, [7], version: 2);
        Assert.NotEqual(one.Owner, other.Owner);
    }

    [Fact]
    public async Task Wrong_use_is_an_exception_and_touches_no_page()
    {
        RedisSwapStore store = await ConnectAsync(ServerKind.Single);
        await Pages.StoreAsync(store, [1]);
        byte[] page = new byte[Pages.Bytes];
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await store.WriteAsync(new SwapTransfer[] { new(-1, page) }, Stop));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await store.ReadAsync(new SwapTransfer[] { new(store.SlotCount, page) }, Stop));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.WriteAsync(new SwapTransfer[] { new(1, page.AsMemory(1)) }, Stop));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.WriteAsync(new SwapTransfer[] { new(1, page), new(2, page), new(1, page) }, Stop));
        Assert.Throws<ArgumentOutOfRangeException>(() => store.Discard([store.SlotCount]));
        await Pages.AssertHoldsAsync(store, [1]);
        await store.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.ReadAsync(new SwapTransfer[] { new(1, page) }, Stop));
        Assert.Throws<ObjectDisposedException>(() => store.Discard([1]));
    }

    private async Task<RedisSwapStore> ConnectAsync(ServerKind kind, RedisAcknowledgement acknowledgement = RedisAcknowledgement.Primary) =>
        await RedisSwapStore.ConnectAsync(
            new RedisSwapOptions { Configuration = await servers.ConfigurationAsync(kind), Acknowledgement = acknowledgement }, Stop);
}
