using MmuNotifiers.Swap.Redis.Tests.Servers;

namespace MmuNotifiers.Swap.Redis.Tests;

public sealed class FaultSequenceTests(SharedServers servers, ITestOutputHelper output)
{
    private const int Operations = 100_000;
    private const int Workers = 4;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The server keeps all it got, the network does its worst: no acknowledged page may be gone, none mixed up, no error unsaid.</summary>
    [Theory]
    [InlineData(ServerKind.Single)]
    [InlineData(ServerKind.Garnet)]
    public async Task A_network_that_tears_holds_up_and_refuses_loses_no_page_and_mixes_up_none(ServerKind kind)
    {
        string address = await servers.ConfigurationAsync(kind);
        await using TcpProxy proxy = new(int.Parse(address.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture));
        await using RedisSwapStore store = await RedisSwapStore.ConnectAsync(
            new RedisSwapOptions
            {
                Configuration = proxy.Address,
                Timeout = TimeSpan.FromMilliseconds(300),
                AttemptTimeout = TimeSpan.FromMilliseconds(150),
            },
            Stop);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        Task<int> faults = Task.Run(() => DisturbAsync(proxy, end.Token), Stop);
        Workload[] workloads = [.. Enumerable.Range(0, Workers).Select(worker => new Workload(store, worker, slotCount: 1000))];
        await Task.WhenAll(workloads.Select(workload => Task.Run(() => workload.RunAsync(Operations / Workers), Stop)));
        await end.CancelAsync();
        int disturbances = await faults;
        proxy.Mend();
        await Eventually.HoldsAsync("the connection is back", async () => (await Pages.WriteAsync(store, [store.SlotCount - 1]))[0].Outcome == SwapOutcome.Success);
        int gone = 0;
        foreach (Workload workload in workloads)
        {
            gone += await workload.VerifyAsync();
        }

        output.WriteLine(
            $"{kind}: {workloads.Sum(w => w.Operations)} page operations, {disturbances} faults, {workloads.Sum(w => w.Refused)} pages refused, {store.Statistics}");
        Assert.Equal(0, gone);
        Assert.True(disturbances >= 10, $"only {disturbances} faults: the network was too kind");
        Assert.True(store.Statistics.Retries > 0, "nothing was ever sent again: the network was too kind");
        Assert.True(workloads.Sum(workload => workload.Refused) > 0, "every fault passed within the time-out: the network was too kind");
        Assert.Equal(0, store.Statistics.PagesCorrupt);
    }

    private static async Task<int> DisturbAsync(TcpProxy proxy, CancellationToken end)
    {
        Random random = new(1);
        for (int count = 0; ; count++)
        {
            await Task.Delay(random.Next(50, 300), CancellationToken.None);
            if (end.IsCancellationRequested)
            {
                return count;
            }

            switch (random.Next(4))
            {
                case 0 or 1:
                    proxy.Tear();
                    break;
                case 2:
                    proxy.Hold();
                    await Task.Delay(random.Next(20, 120), CancellationToken.None);
                    break;
                default:
                    proxy.Cut();
                    await Task.Delay(random.Next(20, 300), CancellationToken.None);
                    break;
            }

            proxy.Mend();
        }
    }
}
