using MmuNotifiers.Lab.Replay;
using MmuNotifiers.Lab.Reports;
using MmuNotifiers.Primary;
using MmuNotifiers.Swap;

namespace MmuNotifiers.Lab.Tests.Replay.Pressure;

public sealed class EarlyEndTests
{
    private const long Slots = 4096;

    /// <summary>Enough for the program's code and stack and a few pages, not for all.</summary>
    private const long FewFrames = 64;

    [Fact]
    public async Task Without_a_store_the_replay_ends_where_the_frames_do()
    {
        ReplayReport report = await Run(null, new ReplayOptions());
        ExpectEnd(report, "no frame of 64 could be had");
        Assert.Empty(report.Pressure!.StoreFailures);
    }

    [Fact]
    public async Task A_full_store_loses_nothing_and_the_end_names_it()
    {
        ReplayReport report = await Run(new MemorySwapStore(32), new ReplayOptions());
        ExpectEnd(report, "no frame of 64 could be had");
        Assert.True(report.Evictions > 0, "The store took pages until it was full.");
    }

    [Fact]
    public async Task A_store_that_refuses_every_write_loses_nothing_and_the_end_names_it()
    {
        ReplayReport report = await Run(
            new FaultInjectingSwapStore(new MemorySwapStore(Slots), new SwapFaultOptions { FailedWrites = 1 }), new ReplayOptions());
        ExpectEnd(report, "the swap store fails");
        Assert.NotEmpty(report.Pressure!.StoreFailures);
    }

    [Fact]
    public async Task A_store_that_gives_no_page_back_ends_the_replay_at_the_first_one()
    {
        ReplayReport report = await Run(
            new FaultInjectingSwapStore(new MemorySwapStore(Slots), new SwapFaultOptions { FailedReads = 1 }), new ReplayOptions());
        ExpectEnd(report, "the swap store lost or withheld the page");
        Assert.True(report.Pressure!.Swap.FailedReads > 0, report.ToString());
    }

    /// <summary>As Linux' first drivers had it: what the device translates is pinned, and pins pass every limit.</summary>
    [Fact]
    public async Task A_secondary_that_pins_what_it_maps_can_use_up_the_frames()
    {
        ReplayReport report = await Run(new MemorySwapStore(Slots), new ReplayOptions
        {
            Secondaries = [SecondaryKind.Shadow],
            DeviceRate = 20,
            Attachment = AttachmentKind.Version2Pinned,
        });
        ExpectEnd(report, "everything that is left is locked, pinned or has nowhere to go");
    }

    [Fact]
    public async Task Writes_that_fail_now_and_then_are_reported_and_do_no_harm()
    {
        ReplayReport report = await Run(
            new FaultInjectingSwapStore(new MemorySwapStore(Slots), new SwapFaultOptions { FailedWrites = 0.05 }), new ReplayOptions());
        Assert.Empty(report.Violations);
        Assert.Equal(ReplayVerdict.Fine, report.Verdict);
        Assert.True(report.Pressure!.Swap.FailedWrites > 0, "Writes failed.");
        Assert.NotEmpty(report.Pressure.StoreFailures);
    }

    private static void ExpectEnd(ReplayReport report, string reason)
    {
        Assert.Empty(report.Violations);
        Assert.Equal(ReplayVerdict.Inconclusive, report.Verdict);
        ReplayEnd end = Assert.IsType<ReplayEnd>(report.EndedEarly);
        Assert.InRange(end.Event, 1, end.Events - 1);
        Assert.Contains(reason, end.Reason, StringComparison.Ordinal);
        Assert.Contains(end.Reason, Assert.Single(report.Doubts, doubt => doubt.Contains("ended at event", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    private static async Task<ReplayReport> Run(ISwapStore? store, ReplayOptions options)
    {
        try
        {
            return TraceReplay.Run(
                PagesOfEveryKind.Script(),
                options with { Pressure = new MemoryPressure(FewFrames, store) },
                cancellation: TestContext.Current.CancellationToken);
        }
        finally
        {
            await (store?.DisposeAsync() ?? default);
        }
    }
}
