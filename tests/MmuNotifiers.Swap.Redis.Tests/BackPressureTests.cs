using System.Diagnostics;
using MmuNotifiers.Swap.Redis.Tests.Servers;

namespace MmuNotifiers.Swap.Redis.Tests;

public sealed class BackPressureTests
{
    private const long MostBytes = 1 << 20;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_bytes_in_flight_stay_below_their_bound_under_any_load()
    {
        Host.SkipWithoutRedis();
        await using RedisProcess server = await RedisProcess.StartAsync();
        await using RedisSwapStore store = await ConnectAsync(server, TimeSpan.FromSeconds(30));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(
            async () =>
            {
                long[] slots = [.. Enumerable.Range(worker * 1000, 1000).Select(slot => (long)slot)];
                await Pages.StoreAsync(store, slots);
                await Pages.AssertHoldsAsync(store, slots);
            },
            Stop)));
        Assert.InRange(store.Statistics.PeakBytesInFlight, MostBytes / 2, MostBytes);
        Assert.Equal(0, store.Statistics.BytesInFlight);
    }

    [Fact]
    public async Task A_frozen_server_holds_no_more_than_the_bound_and_who_waits_can_be_cancelled()
    {
        Host.SkipWithoutRedis();
        await using RedisProcess server = await RedisProcess.StartAsync();
        await using RedisSwapStore store = await ConnectAsync(server, TimeSpan.FromSeconds(1));
        server.Freeze();
        try
        {
            Task<SwapTransfer[]>[] writes = [.. Enumerable.Range(0, 20).Select(batch =>
                Pages.WriteAsync(store, Enumerable.Range(batch * 100, 100).Select(slot => (long)slot)))];
            await Eventually.HoldsAsync("the bound is reached", () => Task.FromResult(store.Statistics.BytesInFlight > MostBytes / 2));

            // Behind all these, in the queue.
            using CancellationTokenSource cancellation = new();
            SwapTransfer[] waiting = [new(100_000, Pages.Of(100_000))];
            var clock = Stopwatch.StartNew();
            ValueTask write = store.WriteAsync(waiting, cancellation.Token);
            await cancellation.CancelAsync();
            await write;
            Pages.AssertAll(SwapOutcome.Unavailable, waiting);
            Assert.InRange(clock.Elapsed.TotalSeconds, 0, 0.9);
            foreach (Task<SwapTransfer[]> batch in writes)
            {
                Pages.AssertAll(SwapOutcome.Unavailable, await batch);
            }

            Assert.InRange(store.Statistics.PeakBytesInFlight, MostBytes / 2, MostBytes);
        }
        finally
        {
            server.Thaw();
        }

        await Eventually.HoldsAsync("nothing is in flight", () => Task.FromResult(store.Statistics.BytesInFlight == 0));
        await Eventually.HoldsAsync("the server is used again", async () => (await Pages.WriteAsync(store, [1]))[0].Outcome == SwapOutcome.Success);
    }

    private static Task<RedisSwapStore> ConnectAsync(RedisProcess server, TimeSpan timeout) => RedisSwapStore.ConnectAsync(
        new RedisSwapOptions
        {
            Configuration = server.Address,
            Timeout = timeout,
            AttemptTimeout = TimeSpan.FromMilliseconds(400),
            MaxBytesInFlight = MostBytes,
        },
        Stop);
}
