using System.Diagnostics;
using MmuNotifiers.Swap.Redis.Tests.Servers;

namespace MmuNotifiers.Swap.Redis.Tests;

public sealed class UnavailabilityTests
{
    private static readonly long[] Slots = [.. Enumerable.Range(0, 100).Select(slot => (long)slot)];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_frozen_server_is_unavailable_within_the_time_out_and_is_used_again_afterwards()
    {
        Host.SkipWithoutRedis();
        await using RedisProcess server = await RedisProcess.StartAsync();
        await using RedisSwapStore store = await ConnectAsync(server, TimeSpan.FromSeconds(1));
        await Pages.StoreAsync(store, Slots);
        server.Freeze();
        try
        {
            foreach (bool write in (bool[])[true, false])
            {
                var clock = Stopwatch.StartNew();
                SwapTransfer[] ended = write ? await Pages.WriteAsync(store, [500, 501], version: 1) : await Pages.ReadAsync(store, Slots);
                Pages.AssertAll(SwapOutcome.Unavailable, ended);
                Assert.InRange(clock.Elapsed.TotalSeconds, 0.9, 3);
                Assert.All(ended, transfer => Assert.Contains($"redis {server.Address} key ", transfer.Detail, StringComparison.Ordinal));
            }
        }
        finally
        {
            server.Thaw();
        }

        await RecoverAsync(store);
        await Pages.AssertHoldsAsync(store, Slots);

        // The writes that were given up reach the server now, and must not meet what is written since.
        await Pages.StoreAsync(store, [500, 501], version: 2);
        await Pages.AssertHoldsAsync(store, [500, 501], version: 2);
    }

    [Fact]
    public async Task A_server_that_is_frozen_for_less_than_the_time_out_is_waited_for()
    {
        Host.SkipWithoutRedis();
        await using RedisProcess server = await RedisProcess.StartAsync();
        await using RedisSwapStore store = await ConnectAsync(server, TimeSpan.FromSeconds(30));
        await Pages.StoreAsync(store, Slots);
        server.Freeze();
        Task<SwapTransfer[]> writing = Pages.WriteAsync(store, [500, 501], version: 1);
        Task<SwapTransfer[]> reading = Pages.ReadAsync(store, Slots);
        await Task.WhenAny(writing, reading, Task.Delay(TimeSpan.FromSeconds(1), Stop));
        Assert.False(writing.IsCompleted || reading.IsCompleted);
        server.Thaw();
        Pages.AssertAll(SwapOutcome.Success, await writing);
        Pages.AssertAll(SwapOutcome.Success, await reading);
        await Pages.AssertHoldsAsync(store, [500, 501], version: 1);
    }

    [Fact]
    public async Task A_cancelled_transfer_ends_at_once_as_unavailable()
    {
        Host.SkipWithoutRedis();
        await using RedisProcess server = await RedisProcess.StartAsync();
        await using RedisSwapStore store = await ConnectAsync(server, TimeSpan.FromSeconds(30));
        await Pages.StoreAsync(store, Slots);
        server.Freeze();
        using CancellationTokenSource cancellation = new(TimeSpan.FromMilliseconds(300));
        SwapTransfer[] reads = [.. Slots.Select(slot => new SwapTransfer(slot, new byte[Pages.Bytes]))];
        var clock = Stopwatch.StartNew();
        await store.ReadAsync(reads, cancellation.Token);
        Pages.AssertAll(SwapOutcome.Unavailable, reads);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 3);
        server.Thaw();
    }

    [Fact]
    public async Task A_server_that_comes_back_empty_has_lost_its_pages_and_takes_new_ones()
    {
        Host.SkipWithoutRedis();
        await using RedisProcess server = await RedisProcess.StartAsync();
        await using RedisSwapStore store = await ConnectAsync(server, TimeSpan.FromSeconds(20));
        await Pages.StoreAsync(store, Slots);
        server.Kill();
        Task<SwapTransfer[]> reading = Pages.ReadAsync(store, Slots);
        await server.RestartAsync();
        Pages.AssertAll(SwapOutcome.Lost, await reading);
        await Pages.StoreAsync(store, Slots, version: 1);
        await Pages.AssertHoldsAsync(store, Slots, version: 1);
    }

    [Theory]
    [InlineData("CONFIG SET min-replicas-to-write 1", "CONFIG SET min-replicas-to-write 0", "NOREPLICAS", SwapOutcome.Unavailable)]
    [InlineData("REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE", "", SwapOutcome.Unavailable)]
    [InlineData("ACL SETUSER default -mset", "ACL SETUSER default +mset", "NOPERM", SwapOutcome.IoError)]
    public async Task A_refusal_of_the_server_is_surfaced_and_over_when_it_is_over(string begin, string end, string detail, SwapOutcome outcome)
    {
        Host.SkipWithoutRedis();
        await using RedisProcess server = await RedisProcess.StartAsync();
        await using RedisSwapStore store = await ConnectAsync(server, TimeSpan.FromSeconds(1));
        await Pages.StoreAsync(store, [1, 2]);
        using Client client = await Client.ConnectAsync(server);
        await client.SendAsync(begin.Split(' '));
        SwapTransfer[] refused = await Pages.WriteAsync(store, [1, 2], version: 1);
        Pages.AssertAll(outcome, refused);
        Assert.All(refused, transfer => Assert.Contains(detail, transfer.Detail, StringComparison.Ordinal));
        await client.SendAsync(end.Split(' '));
        await RecoverAsync(store);
        await Pages.StoreAsync(store, [1, 2], version: 2);
        await Pages.AssertHoldsAsync(store, [1, 2], version: 2);
    }

    [Fact]
    public async Task A_password_that_is_changed_meanwhile_is_an_error_and_no_endless_wait()
    {
        Host.SkipWithoutRedis();
        await using RedisProcess server = await RedisProcess.StartAsync();
        await using RedisSwapStore store = await ConnectAsync(server, TimeSpan.FromSeconds(1));
        using Client client = await Client.ConnectAsync(server);
        await client.SendAsync("CONFIG", "SET", "requirepass", "sesame");
        await client.SendAsync("CLIENT", "KILL", "TYPE", "normal");
        SwapTransfer[] refused = await Pages.WriteAsync(store, Slots);
        Assert.All(refused, transfer => Assert.True(transfer.Outcome is SwapOutcome.IoError or SwapOutcome.Unavailable, transfer.Detail));
        Assert.DoesNotContain("sesame", refused[0].Detail, StringComparison.Ordinal);
    }

    private static Task RecoverAsync(RedisSwapStore store) => Eventually.HoldsAsync(
        "the server is used again", async () => (await Pages.WriteAsync(store, [999]))[0].Outcome == SwapOutcome.Success);

    private static Task<RedisSwapStore> ConnectAsync(RedisProcess server, TimeSpan timeout) => RedisSwapStore.ConnectAsync(
        new RedisSwapOptions { Configuration = server.Address, Timeout = timeout, AttemptTimeout = TimeSpan.FromMilliseconds(300) }, Stop);
}
