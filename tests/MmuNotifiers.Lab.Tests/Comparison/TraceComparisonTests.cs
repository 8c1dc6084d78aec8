using MmuNotifiers.Lab.Comparison;
using MmuNotifiers.Lab.Replay;
using MmuNotifiers.Lab.Reports;
using MmuNotifiers.Lab.Tests.Replay;
using MmuNotifiers.Lab.Traces;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Tests.Comparison;

public sealed class TraceComparisonTests
{
    private const ulong Pages = 16;
    private const ulong Bytes = Pages * 4096;
    private const ulong Second = ScriptBuilder.Mapped + Bytes;

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
        foreach (IGrouping<string, ComparisonRow> group in report.Rows.Where(row => !row.Historical).GroupBy(row => row.Secondary))
        {
            Assert.Single(group.Select(row => row.DeviceAccesses).Distinct());
        }
    }

    [Fact]
    public void An_attachment_that_is_not_historical_is_never_stale()
    {
        ComparisonReport report = Compare(Program(), OneRound);
        Assert.Equal(ReplayVerdict.Fine, report.Verdict);
        Assert.All(report.Rows.Where(row => !row.Historical), row =>
        {
            Assert.Equal(0, row.StaleAccesses);
            Assert.Equal(0, row.FreedBeforeTold);
            Assert.Equal(0, row.OtherViolations);
            Assert.Empty(row.Findings);
        });
    }

    [Fact]
    public void The_historical_ioproc_is_caught_with_the_vma_that_it_skipped()
    {
        string skipped = $"{new AddressRange(new VirtualAddress(Second), new VirtualAddress(Second + Bytes))} was skipped";
        foreach (ComparisonRow row in RowsOf(Compare(Program(), OneRound), "ioproc-historical"))
        {
            Assert.True(row.Historical);
            Assert.Equal("ioproc", row.SafeForm);
            Assert.True(row.StaleAccesses > 0);
            Assert.Equal(1, row.SkippedVmas);
            Assert.Contains(row.Findings, finding =>
                finding.Contains("read a page that is not mapped any more", StringComparison.Ordinal)
                && finding.Contains(skipped, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_historical_ioproc_is_caught_with_the_fork_that_it_did_not_report()
    {
        foreach (ComparisonRow row in RowsOf(Compare(Program(), OneRound), "ioproc-historical"))
        {
            Assert.Contains(row.Findings, finding =>
                finding.Contains("stored to a page that the child of a fork has as well", StringComparison.Ordinal)
                && finding.Contains("Fork of", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Notifiers_2_without_pins_are_caught_with_the_page_that_was_freed_early()
    {
        foreach (ComparisonRow row in RowsOf(Compare(Program(), OneRound), "mm-v2"))
        {
            Assert.Equal("mm-v2-pinned", row.SafeForm);
            Assert.True(row.FreedBeforeTold > 0);
            Assert.Contains(row.Findings, finding => finding.Contains("was freed before the subscriber was told", StringComparison.Ordinal));
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

    private static ComparisonRow[] RowsOf(ComparisonReport report, string attachment)
    {
        ComparisonRow[] rows = [.. report.Rows.Where(row => row.Attachment == attachment)];
        Assert.NotEmpty(rows);
        return rows;
    }

    private static ComparisonReport Compare(ReplayScript script, ComparisonOptions options) =>
        TraceComparison.Run([new("made", script)], options, cancellation: TestContext.Current.CancellationToken);

    /// <summary>Two neighbouring areas, one of them shared, that are used, survive a fork and go in one call.</summary>
    private static ReplayScript Program()
    {
        ScriptBuilder builder = new ScriptBuilder()
            .Map(ScriptBuilder.Mapped, Pages)
            .Map(Second, Pages, LinuxMapFlags.Shared | LinuxMapFlags.Anonymous);
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
