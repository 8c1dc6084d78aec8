using MmuNotifiers.Lab.Replay;
using MmuNotifiers.Lab.Reports;
using MmuNotifiers.Primary;
using MmuNotifiers.Swap;

namespace MmuNotifiers.Lab.Tests.Replay.Pressure;

public sealed class EvictionOracleTests
{
    private const long Slots = 4096;

    private static SecondaryKind[] AllSecondaries =>
        [SecondaryKind.Tlb, SecondaryKind.Shadow, SecondaryKind.NetworkCard, SecondaryKind.Registration];

    [Theory]
    [InlineData(DeviceMode.Interleaved)]
    [InlineData(DeviceMode.Concurrent)]
    public async Task Pages_of_every_kind_come_back_as_they_were(DeviceMode devices)
    {
        ReplayReport report = await Run(CrookedStore.Fault.None, new ReplayOptions { Secondaries = [.. AllSecondaries], Devices = devices });
        Assert.Empty(report.Violations);
        Assert.Equal(ReplayVerdict.Fine, report.Verdict);
        Assert.True(report.Evictions > (long)PagesOfEveryKind.Pages, $"{report.Evictions} evictions");
        Assert.True(report.SwapIns > (long)PagesOfEveryKind.Pages, $"{report.SwapIns} swap-ins");
        Assert.True(report.Refaults >= report.SwapIns, $"{report.Refaults} refaults, {report.SwapIns} swap-ins");
        Assert.True(report.Pressure!.PagesReadBack > 5 * (long)PagesOfEveryKind.Pages, $"{report.Pressure.PagesReadBack} pages read back");
        Assert.Equal(0, report.Pressure.PagesNotReadBack);
        Assert.Equal(0, report.UnexpectedFaults);
    }

    [Theory]
    [InlineData(CrookedStore.Fault.OtherPage)]
    [InlineData(CrookedStore.Fault.TornPage)]
    [InlineData(CrookedStore.Fault.FlippedBit)]
    public async Task A_store_that_gives_back_wrong_bytes_is_caught(object fault)
    {
        ReplayReport report = await Run((CrookedStore.Fault)fault, new ReplayOptions { Secondaries = [] });
        Assert.True(report.ContentMismatches > 0, report.ToString());
        Assert.Equal(ReplayVerdict.Violation, report.Verdict);
        Assert.NotEmpty(report.Violations);
    }

    /// <summary>The secondaries are not asked for ages: a TLB keeps none and drops what it is asked for, before the page is evicted.</summary>
    [Theory]
    [InlineData(SecondaryKind.Tlb)]
    [InlineData(SecondaryKind.Shadow)]
    [InlineData(SecondaryKind.NetworkCard)]
    [InlineData(SecondaryKind.Registration)]
    public async Task An_eviction_that_is_not_told_makes_stale_accesses(SecondaryKind secondary)
    {
        ReplayReport report = await Run(CrookedStore.Fault.None, new ReplayOptions
        {
            Secondaries = [secondary],
            DeviceRate = 8,
            Hooks = HookTable.Standard.Without(HookSite.SwapOut),
            Pressure = new MemoryPressure(1, null) { AsksSecondaries = false },
        });
        Assert.True(report.StaleAccesses > 0, report.ToString());
        Assert.Equal(ReplayVerdict.Violation, report.Verdict);
    }

    private static async Task<ReplayReport> Run(CrookedStore.Fault fault, ReplayOptions options)
    {
        ReplayScript script = PagesOfEveryKind.Script();
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using CrookedStore store = new(new MemorySwapStore(Slots), fault);
        long frames = TraceReplay.MeasurePeak(script, cancellation: cancellation) / 4;
        MemoryPressure pressure = (options.Pressure ?? new MemoryPressure(frames, store)) with { FramePages = frames, Swap = store };
        return TraceReplay.Run(script, options with { Pressure = pressure }, cancellation: cancellation);
    }
}
