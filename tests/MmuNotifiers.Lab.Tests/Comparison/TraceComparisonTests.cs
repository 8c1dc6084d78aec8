using MmuNotifiers.Lab.Comparison;
using MmuNotifiers.Lab.Replay;
using MmuNotifiers.Lab.Reports;
using MmuNotifiers.Lab.Tests.Replay;
using MmuNotifiers.Lab.Traces;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Tests.Comparison;

public sealed class TraceComparisonTests
{
    private static readonly ComparisonOptions OneRound = new() { Rounds = 1 };

    [Fact]
    public void Each_attachment_has_a_row_for_each_secondary_or_a_reason_why_not()
    {
        ComparisonReport report = Compare(Program(), OneRound);
        int pairs = TraceComparison.Attachments.Length * TraceComparison.Secondaries.Length;
        Assert.Equal(pairs, report.Rows.Length + report.LeftOut.Length);
        Assert.All(report.LeftOut, pair => Assert.NotEmpty(pair.Reason));
        Assert.Equal(report.Rows.Length, report.Rows.DistinctBy(row => (row.Attachment, row.Secondary)).Count());
    }

    [Fact]
    public void Counts_are_the_same_in_each_run()
    {
        ReplayScript script = Program();
        ComparisonReport first = Compare(script, OneRound);
        ComparisonReport second = Compare(script, OneRound with { Rounds = 2 });
        Assert.Equal(first.Rows.Select(CountsOf), second.Rows.Select(CountsOf));
    }

    [Fact]
    public void Every_attachment_of_a_secondary_sees_the_same_device_traffic()
    {
        ComparisonReport report = Compare(Program(), OneRound);
        foreach (IGrouping<string, ComparisonRow> group in report.Rows.GroupBy(row => row.Secondary))
        {
            Assert.Single(group.Select(row => row.DeviceAccesses).Distinct());
        }
    }

    [Fact]
    public void A_replay_gives_every_frame_of_shared_memory_back()
    {
        ReplayScript script = Program();
        ReplayOptions options = new();
        using PhysicalMemory memory = ReplaySession.NewMemory(script, options, FreedFrames.KeepBytes);
        long before = memory.FramesInUse;
        for (int i = 0; i < 3; i++)
        {
            using ReplaySession session = new(script, options, memory);
            session.Run(progress: null, TestContext.Current.CancellationToken);
        }

        Assert.Equal(before, memory.FramesInUse);
    }

    [Fact]
    public void Forks_and_calls_over_several_areas_are_counted()
    {
        ComparedTraceReport trace = Compare(Program(), OneRound).Traces[0];
        Assert.Equal(1, trace.Forks);
        Assert.Equal(1, trace.UnmapsOverSeveralAreas);
        Assert.Equal(2, trace.AddressSpaces);
    }

    [Fact]
    public void The_summary_adds_the_recordings_up()
    {
        ReplayScript script = Program();
        ComparisonReport report = TraceComparison.Run(
            [new("one", script), new("two", script)], OneRound, cancellation: TestContext.Current.CancellationToken);
        foreach (ComparisonRow sum in report.Summary)
        {
            ComparisonRow[] parts = [.. report.Rows.Where(row => row.Attachment == sum.Attachment && row.Secondary == sum.Secondary)];
            Assert.Equal(2, parts.Length);
            Assert.Equal(parts.Sum(row => row.Callbacks), sum.Callbacks);
            Assert.Equal(parts[0].CallbacksPer1000Operations, sum.CallbacksPer1000Operations);
            Assert.Equal(parts.Sum(row => row.StaleAccesses), sum.StaleAccesses);
        }
    }

    [Fact]
    public void Progress_ends_at_its_total()
    {
        List<ReplayProgress> seen = [];
        TraceComparison.Run([new("made", Program())], OneRound, new Collector(seen), TestContext.Current.CancellationToken);
        Assert.Equal(seen[^1].Total, seen[^1].Done);
        Assert.Equal(seen.OrderBy(step => step.Done), seen);
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(double.NaN, 1)]
    [InlineData(1, 0)]
    [InlineData(1, 100)]
    public void Options_out_of_their_range_are_refused(double rate, int rounds) => Assert.Throws<ArgumentException>(
        () => Compare(Program(), new ComparisonOptions { DeviceRate = rate, Rounds = rounds }));

    [Fact]
    public void Two_recordings_of_one_name_are_refused() => Assert.Throws<ArgumentException>(() => TraceComparison.Run(
        [new("made", Program()), new("made", Program())], OneRound, cancellation: TestContext.Current.CancellationToken));

    /// <summary>The counts of a row, which must not depend on time.</summary>
    private static ComparisonRow CountsOf(ComparisonRow row) => row with
    {
        NsPerOperation = 0,
        NsPerOperationWithoutNotifiers = 0,
        OverheadPercent = 0,
        NoisePercent = 0,
        Findings = [],
    };

    private static ComparisonReport Compare(ReplayScript script, ComparisonOptions options) =>
        TraceComparison.Run([new("made", script)], options, cancellation: TestContext.Current.CancellationToken);

    /// <summary>Two neighbouring areas, one of them shared, that are used, survive a fork and go in one call.</summary>
    private static ReplayScript Program()
    {
        const ulong Pages = 16;
        ScriptBuilder builder = new ScriptBuilder()
            .Map(ScriptBuilder.Mapped, Pages)
            .Map(ScriptBuilder.Mapped + (Pages * 4096), Pages, LinuxMapFlags.Shared | LinuxMapFlags.Anonymous);
        for (ulong page = 0; page < 2 * Pages; page++)
        {
            builder.Write(ScriptBuilder.Mapped + (page * 4096));
        }

        builder.Fork(2);
        for (ulong page = 0; page < Pages; page++)
        {
            builder.Break(ScriptBuilder.Mapped + (page * 4096));
        }

        return builder.Unmap(ScriptBuilder.Mapped, 2 * Pages).Build();
    }

    private sealed class Collector(List<ReplayProgress> seen) : IProgress<ReplayProgress>
    {
        public void Report(ReplayProgress value) => seen.Add(value);
    }
}
