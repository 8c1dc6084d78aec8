using MmuNotifiers.Lab.Replay;
using MmuNotifiers.Lab.Reports;
using MmuNotifiers.Lab.Traces;
using MmuNotifiers.Swap;

namespace MmuNotifiers.Lab.Tests.Replay.Pressure;

/// <summary>
/// The shipped recordings with little memory, every secondary attached, its devices on threads of their own, and the pages that do not fit in a file. A few in
/// each run; all of them with 50, 25 and 10 percent of their peak on demand (docs/replay.md).
/// </summary>
public sealed class LimitedRecordingTests
{
    private const double LeastMatchPercent = 99;
    private const long SpareSlots = 4096;

    private static readonly int[] Percentages = [50, 25, 10];

    public static TheoryData<string, int> All
    {
        get
        {
            TheoryData<string, int> data = [];
            foreach (string name in ShippedRecordings.Names.Concat(ShippedRecordings.AccessNames))
            {
                foreach (int percent in Percentages)
                {
                    data.Add(name, percent);
                }
            }

            return data;
        }
    }

    [Theory]
    [InlineData("gcc-compile", 10)]
    [InlineData("python-alloc", 25)]
    [InlineData("git-real", 50)]
    [InlineData("accesses/sort-logs", 10)]
    [InlineData("accesses/sqlite-reports", 50)]
    public Task A_recording_replays_with_little_memory_and_nothing_is_stale_or_wrong(string name, int percent) => Replay(name, percent);

    [Theory(Explicit = true)]
    [MemberData(nameof(All))]
    public Task Every_recording_replays_with_half_a_quarter_and_a_tenth_of_its_peak(string name, int percent) => Replay(name, percent);

    [Fact]
    public async Task Without_threads_a_replay_with_little_memory_is_the_same_each_time()
    {
        ReplayReport one = await Replay();
        ReplayReport other = await Replay();
        Assert.Equal((one.Evictions, one.SwapIns, one.Refaults), (other.Evictions, other.SwapIns, other.Refaults));
        Assert.Equal(one.Pressure!.Reclaim, other.Pressure!.Reclaim);
        Assert.True(one.Evictions > 1000, $"{one.Evictions} evictions");

        static async Task<ReplayReport> Replay()
        {
            await using FileSwapStore store = new(new FileSwapStoreOptions
            {
                Path = Path.Combine(Path.GetTempPath(), $"mmun-test-{Guid.NewGuid():N}.swap"),
                SizeBytes = 16_384L << Page.Shift,
            });
            return TraceReplay.Run(
                ShippedRecordings.Load("accesses/sort-logs"),
                new ReplayOptions
                {
                    Devices = DeviceMode.Interleaved,
                    Secondaries = [SecondaryKind.Tlb, SecondaryKind.Shadow, SecondaryKind.NetworkCard, SecondaryKind.Registration],
                    Pressure = new MemoryPressure(900, store),
                },
                cancellation: TestContext.Current.CancellationToken);
        }
    }

    private static async Task Replay(string name, int percent)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        ReplayScript script = ShippedRecordings.Load(name);
        long peakPages = TraceReplay.MeasurePeak(script, cancellation: cancellation);
        await using FileSwapStore store = new(new FileSwapStoreOptions
        {
            Path = Path.Combine(Path.GetTempPath(), $"mmun-test-{Guid.NewGuid():N}.swap"),
            SizeBytes = (peakPages + SpareSlots) << Page.Shift,
        });
        ReplayReport report = TraceReplay.Run(
            script,
            new ReplayOptions
            {
                Devices = DeviceMode.Concurrent,
                Secondaries = [SecondaryKind.Tlb, SecondaryKind.Shadow, SecondaryKind.NetworkCard, SecondaryKind.Registration],
                Pressure = new MemoryPressure(Math.Max(1, peakPages * percent / 100), store) { PeakPages = peakPages },
            },
            cancellation: cancellation);
        Assert.Empty(report.Violations);
        Assert.Equal(0, report.StaleAccesses);
        Assert.Equal(0, report.ContentMismatches);
        Assert.Empty(report.Doubts);
        Assert.Equal(ReplayVerdict.Fine, report.Verdict);
        Assert.True(report.FaultMatchPercent >= LeastMatchPercent, $"{report.FaultMatchPercent} %: {string.Join("; ", report.FaultMismatches)}");
        Assert.True(report.Evictions > peakPages * (100 - percent) / 200, $"{report.Evictions} evictions, a peak of {peakPages} pages");
        Assert.True(report.Pressure!.PagesReadBack > 0, "Nothing was read back.");
        Assert.Equal(0, report.Pressure.PagesNotReadBack);
        Assert.All(report.Secondaries, row => Assert.True(row.DeviceAccesses > 0, $"{row.Name} was not at work."));
    }
}
