using MmuNotifiers.Lab.Comparison;
using MmuNotifiers.Lab.Reports;

namespace MmuNotifiers.Lab.Tests.Comparison;

/// <summary>What must hold for every attachment over every recording of the repository.</summary>
public sealed class ShippedComparisonTests
{
    [Fact]
    public void Only_historical_attachments_are_stale_on_the_shipped_recordings()
    {
        ComparisonReport report = ShippedComparison.Report;
        Assert.Equal(6, report.Traces.Length);
        Assert.Equal(ReplayVerdict.Fine, report.Verdict);
        Assert.All(report.Rows.Where(row => !row.Historical), row =>
            Assert.True(row.StaleAccesses + row.FreedBeforeTold + row.OtherViolations == 0, $"{row.Trace}, {row.Attachment}, {row.Secondary}"));
        Assert.All(report.Rows, row => Assert.True(row is { DeviceAccesses: > 0, Callbacks: > 0 }, $"{row.Trace}, {row.Attachment} was not at work"));
    }

    [Theory]
    [InlineData("gcc-compile")]
    [InlineData("postgres-pgbench")]
    public void The_historical_ioproc_skips_a_vma_where_a_call_unmaps_several(string trace) => Assert.All(RowsOf("ioproc-historical", trace), row =>
    {
        Assert.True(row.StaleAccesses > 0 && row.SkippedVmas > 0);
        Assert.Contains(row.Findings, finding => finding.EndsWith("was skipped", StringComparison.Ordinal));
    });

    [Theory]
    [InlineData("git-real")]
    [InlineData("postgres-pgbench")]
    [InlineData("redis-bgsave")]
    public void The_historical_ioproc_is_stale_where_a_program_forks(string trace) => Assert.All(RowsOf("ioproc-historical", trace), row =>
        Assert.Contains(row.Findings, finding => finding.Contains("Fork of", StringComparison.Ordinal)));

    [Fact]
    public void Notifiers_2_without_pins_free_pages_early_on_every_recording() => Assert.All(RowsOf("mm-v2", trace: null), row =>
    {
        Assert.True(row.FreedBeforeTold > 0);
        Assert.Contains(row.Findings, finding => finding.Contains("was freed before the subscriber was told", StringComparison.Ordinal));
    });

    private static ComparisonRow[] RowsOf(string attachment, string? trace)
    {
        ComparisonRow[] rows = [.. ShippedComparison.Report.Rows.Where(row => row.Attachment == attachment && (trace ?? row.Trace) == row.Trace)];
        Assert.NotEmpty(rows);
        return rows;
    }
}
