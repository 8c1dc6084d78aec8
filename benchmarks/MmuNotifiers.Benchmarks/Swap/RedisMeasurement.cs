using System.Diagnostics;
using MmuNotifiers.Swap.Redis;
using MmuNotifiers.Swap.Redis.Tests.Servers;
using StackExchange.Redis;

namespace MmuNotifiers.Benchmarks.Swap;

/// <summary>Pages a second to and from servers of Redis' protocol on loopback, by batch and by policy, and what a page costs the client.</summary>
internal static class RedisMeasurement
{
    private const int PageBytes = 4096;
    private const int ValueBytes = PageBytes + 16;
    private const int SlotCount = 16_384;
    private const int Rounds = 5;

    private static readonly TimeSpan RoundTime = TimeSpan.FromMilliseconds(150);

    /// <summary>Starts the servers, measures, and ends them.</summary>
    public static async Task RunAsync(TextWriter output)
    {
        if (RedisProcess.FindMissing() is { } missing)
        {
            await output.WriteLineAsync(missing);
            return;
        }

        await output.WriteLineAsync("The client alone, one redis-server, 64 values of 4112 bytes at a time:");
        await using (RedisProcess server = await RedisProcess.StartAsync())
        {
            await CompareCommandsAsync(server.Address, output);
        }

        await output.WriteLineAsync();
        await output.WriteLineAsync($"{"servers",-20} {"pages",-26} {"written/s",10} {"read/s",10} {"B/page w",9} {"B/page r",9}");
        await using (RedisProcess server = await RedisProcess.StartAsync())
        {
            await MeasureAsync("redis", new RedisSwapOptions { Configuration = server.Address }, output);
        }

        using (GarnetHost garnet = new())
        {
            await MeasureAsync("Garnet, in process", new RedisSwapOptions { Configuration = garnet.Address }, output);
        }

        await using RedisCluster cluster = await RedisCluster.StartAsync();
        await MeasureAsync("cluster, primary", new RedisSwapOptions { Configuration = cluster.Configuration }, output);
        await MeasureAsync(
            "cluster, replica",
            new RedisSwapOptions { Configuration = cluster.Configuration, Acknowledgement = RedisAcknowledgement.Replica },
            output);
    }

    /// <summary>The commands that the store could use, without the store.</summary>
    private static async Task CompareCommandsAsync(string address, TextWriter output)
    {
        using ConnectionMultiplexer multiplexer = await ConnectionMultiplexer.ConnectAsync(address);
        IDatabase database = multiplexer.GetDatabase();
        const int Batch = 64;
        RedisKey[] keys = [.. Enumerable.Range(0, Batch).Select(number => (RedisKey)$"mmun:{{0123456789abcdef.300000:0}}:{number}:0")];
        byte[] value = new byte[ValueBytes];
        Random.Shared.NextBytes(value);
        KeyValuePair<RedisKey, RedisValue>[] pairs = [.. keys.Select(key => KeyValuePair.Create(key, (RedisValue)value))];
        await WriteRowAsync("SET, pipelined", () => Task.WhenAll(keys.Select(key => database.StringSetAsync(key, value))));
        await WriteRowAsync("MSET", () => database.StringSetAsync(pairs));
        await WriteRowAsync("GET, pipelined", () => Task.WhenAll(keys.Select(key => database.StringGetAsync(key))));
        await WriteRowAsync("GET, pipelined, pooled", async () =>
        {
            foreach (Lease<byte>? lease in await Task.WhenAll(keys.Select(key => database.StringGetLeaseAsync(key))))
            {
                lease?.Dispose();
            }
        });
        await WriteRowAsync("MGET", () => database.StringGetAsync(keys));

        async Task WriteRowAsync(string name, Func<Task> batch)
        {
            (double perSecond, double bytes) = await BestAsync(Batch, batch);
            await output.WriteLineAsync($"{name,-24} {perSecond,10:n0}/s {bytes,7:n0} B/page");
        }
    }

    private static async Task MeasureAsync(string name, RedisSwapOptions options, TextWriter output)
    {
        await using RedisSwapStore store = await RedisSwapStore.ConnectAsync(options);
        await MeasureAsync(name, "1 at a time", store, threads: 1, Neighbours(1), output);
        await MeasureAsync(name, "8 neighbours", store, threads: 1, Neighbours(8), output);
        await MeasureAsync(name, "64 neighbours", store, threads: 1, Neighbours(64), output);
        await MeasureAsync(name, "64 scattered", store, threads: 1, Scattered(64), output);
        await MeasureAsync(name, "1024 neighbours", store, threads: 1, Neighbours(1024), output);
        await MeasureAsync(name, "64 neighbours, 4 threads", store, threads: 4, Neighbours(64), output);
    }

    private static async Task MeasureAsync(string name, string pages, RedisSwapStore store, int threads, long[] slots, TextWriter output)
    {
        byte[] bytes = new byte[PageBytes];
        Random.Shared.NextBytes(bytes);
        SwapTransfer[][] batches = [.. Enumerable.Range(0, threads).Select(thread =>
            slots.Select(slot => new SwapTransfer(slot + ((long)thread * SlotCount), bytes.ToArray())).ToArray())];
        (double written, double writeBytes) = await BestAsync(
            slots.Length * threads, () => Task.WhenAll(batches.Select(batch => TransferAsync(store.WriteAsync(batch), batch))));
        (double read, double readBytes) = await BestAsync(
            slots.Length * threads, () => Task.WhenAll(batches.Select(batch => TransferAsync(store.ReadAsync(batch), batch))));
        await output.WriteLineAsync($"{name,-20} {pages,-26} {written,10:n0} {read,10:n0} {writeBytes,9:n0} {readBytes,9:n0}");
    }

    private static async Task TransferAsync(ValueTask transfer, SwapTransfer[] batch)
    {
        await transfer;
        foreach (SwapTransfer page in batch)
        {
            if (page.Outcome != SwapOutcome.Success)
            {
                throw new InvalidOperationException($"{page.Outcome}: {page.Detail}");
            }
        }
    }

    /// <summary>The best of some rounds, warm, since whatever else runs can only take away: pages a second, and managed bytes allocated for a page.</summary>
    private static async Task<(double PerSecond, double Bytes)> BestAsync(int pages, Func<Task> batch)
    {
        await RoundAsync(pages, batch);
        List<(double PerSecond, double Bytes)> rounds = [];
        for (int round = 0; round < Rounds; round++)
        {
            rounds.Add(await RoundAsync(pages, batch));
        }

        return rounds.MaxBy(round => round.PerSecond);
    }

    private static async Task<(double PerSecond, double Bytes)> RoundAsync(int pages, Func<Task> batch)
    {
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        var clock = Stopwatch.StartNew();
        long done = 0;
        while (clock.Elapsed < RoundTime)
        {
            await batch();
            done += pages;
        }

        double seconds = clock.Elapsed.TotalSeconds;
        return (done / seconds, (GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)done);
    }

    private static long[] Neighbours(int count) => [.. Enumerable.Range(0, count).Select(slot => (long)slot)];

    /// <summary>Slots of as many groups.</summary>
    private static long[] Scattered(int count) => [.. Enumerable.Range(0, count).Select(slot => (long)slot * 65)];
}
