using MmuNotifiers.Lab.Replay;
using MmuNotifiers.Lab.Reports;
using MmuNotifiers.Lab.Traces;
using MmuNotifiers.Swap.Redis.Tests.Servers;

namespace MmuNotifiers.Swap.Redis.Tests;

/// <summary>A recorded program whose pages go to a cluster and come back, with devices on threads of their own.</summary>
public sealed class LimitedReplayTests(ITestOutputHelper output)
{
    private const string Recording = "python-alloc";
    private const int PercentOfPeak = 25;

    /// <summary>So many pages are out when the master is killed; many more go out and come back afterwards.</summary>
    private const long PagesBeforeTheKill = 1000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_recording_replays_on_a_cluster_whose_master_is_killed_on_the_way()
    {
        Host.SkipWithoutRedis();
        await using RedisCluster cluster = await RedisCluster.StartAsync();
        await using RedisSwapStore store = await RedisSwapStore.ConnectAsync(
            new RedisSwapOptions
            {
                Configuration = cluster.Configuration,
                Acknowledgement = RedisAcknowledgement.Replica,
                Timeout = TimeSpan.FromMinutes(2),
            },
            Stop);
        ReplayScript script = Load();
        long peakPages = TraceReplay.MeasurePeak(script, cancellation: Stop);
        ReplayOptions options = new()
        {
            Devices = DeviceMode.Concurrent,
            Secondaries = [SecondaryKind.Tlb, SecondaryKind.Shadow, SecondaryKind.NetworkCard, SecondaryKind.Registration],
            Pressure = new MemoryPressure(peakPages * PercentOfPeak / 100, store) { PeakPages = peakPages },
        };
        Task<ReplayReport> replay = Task.Run(() => TraceReplay.Run(script, options, cancellation: Stop), Stop);
        await Eventually.HoldsAsync(
            "pages are out", () => Task.FromResult(store.Statistics.PagesWritten > PagesBeforeTheKill || replay.IsCompleted));
        Assert.False(replay.IsCompleted, "The replay was over before the master was killed.");
        RedisProcess master = cluster.Nodes[0];
        master.Kill();

        // Replicas confirm again when the killed node is back, as the replica of its replica.
        await cluster.AwaitFailoverAsync(master);
        await master.RestartAsync();
        ReplayReport report = await replay;

        output.WriteLine($"{report.Evictions} evictions, {report.SwapIns} swap-ins, {report.Refaults} refaults; {store.Statistics}");
        Assert.Empty(report.Violations);
        Assert.Empty(report.Doubts);
        Assert.Equal(ReplayVerdict.Fine, report.Verdict);
        Assert.Equal(0, report.StaleAccesses);
        Assert.Equal(0, report.Pressure!.PagesNotReadBack);
        Assert.True(store.Statistics.Retries > 0, "The killed master was never noticed.");
        Assert.True(report.SwapIns > 0, "No page came back.");
    }

    private static ReplayScript Load()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "MmuNotifiers.slnx")))
        {
            directory = directory.Parent;
        }

        string root = directory?.FullName ?? throw new DirectoryNotFoundException("The repository's root was not found.");
        using TraceReader reader = TraceReader.Open(Path.Combine(root, "traces", $"{Recording}.mmtrace"));
        return ReplayScript.Load(reader, Stop);
    }
}
