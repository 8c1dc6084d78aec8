using MmuNotifiers.Lab.Replay;
using MmuNotifiers.Lab.Reports;

namespace MmuNotifiers.Lab.Tests.Replay;

public sealed class ShippedRecordingTests
{
    private const double LeastMatchPercent = 99;

    public static TheoryData<string, DeviceMode> Recordings
    {
        get
        {
            TheoryData<string, DeviceMode> data = [];
            foreach (string name in ShippedRecordings.Names)
            {
                data.Add(name, DeviceMode.Interleaved);
                data.Add(name, DeviceMode.Concurrent);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Recordings))]
    public void A_shipped_recording_replays_as_the_kernel_ran_it_and_nothing_is_stale(string name, DeviceMode devices)
    {
        ReplayScript script = ShippedRecordings.Load(name);
        ReplayOptions options = new()
        {
            Devices = devices,
            Secondaries = [SecondaryKind.Tlb, SecondaryKind.Shadow, SecondaryKind.NetworkCard, SecondaryKind.Registration],
        };
        ReplayReport report = TraceReplay.Run(script, options, cancellation: TestContext.Current.CancellationToken);
        Assert.Empty(report.Violations);
        Assert.Equal(0, report.StaleAccesses);
        Assert.Equal(0, report.ContentMismatches);
        Assert.Equal(0UL, report.LostEvents);
        Assert.True(report.FaultMatchPercent >= LeastMatchPercent, $"{report.FaultMatchPercent} %: {string.Join("; ", report.FaultMismatches)}");
        Assert.Equal(ReplayVerdict.Fine, report.Verdict);
        Assert.All(report.Secondaries, row => Assert.True(row.DeviceAccesses > 0, $"{row.Name} was not at work."));
    }
}
