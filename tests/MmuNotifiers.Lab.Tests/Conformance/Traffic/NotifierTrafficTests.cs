using MmuNotifiers.Lab.Conformance.Kernel;
using MmuNotifiers.Linux;
using MmuNotifiers.Linux.Oracle;

namespace MmuNotifiers.Lab.Tests.Conformance.Traffic;

/// <summary>
/// What our brackets name, against what the kernel tells its own secondary MMU (kvm:kvm_unmap_hva_range, before the
/// intersection with memory slots).
/// </summary>
public sealed class NotifierTrafficTests
{
    [Fact]
    public void Brackets_are_never_narrower_than_what_the_kernel_changes_and_the_table_says_how_they_relate()
    {
        string? reason = HostCapabilities.KernelOracle.Reason ?? HostCapabilities.NotifierTrace.Reason;
        Assert.SkipUnless(reason is null, reason ?? string.Empty);
        Version kernel = Environment.OSVersion.Version;
        Assert.SkipUnless(kernel >= new Version(6, 18), $"the table was made on Linux 6.18; this is {kernel}");
        using KernelOracle oracle = KernelOracle.Start();
        TrafficBench bench = new(new KernelJudge(oracle.Questions, oracle.Answers, KernelDevices.Guest), oracle.TraceInstance());
        List<TrafficRow> rows = [.. TrafficExperiments.All.Select(bench.Run)];
        string table = string.Join('\n', rows);
        TestContext.Current.TestOutputHelper?.WriteLine(table);
        string documented = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "docs", "semantics.md"));
        Assert.All(rows, row =>
        {
            Assert.True(!row.Missed.Any(), $"{row} misses pages {string.Join(", ", row.Missed)}");
            Assert.True(row.Relation == "equal" || row.Experiment.Why.Length > 0, $"{row} says not why it is safe");
            Assert.True(documented.Contains(row.ToString(), StringComparison.Ordinal), $"docs/semantics.md has not this row; the whole table is\n{table}");
        });

        // Negative control: the events and the changes are really seen.
        Assert.Contains(rows, row => row.Kernel.Count > 1 && row.Changed.Count > 1);
    }
}
