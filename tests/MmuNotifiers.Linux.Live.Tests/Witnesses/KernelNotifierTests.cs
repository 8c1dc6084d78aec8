using MmuNotifiers.Linux.Live.Tests.Support;
using MmuNotifiers.Linux.Witnesses;

namespace MmuNotifiers.Linux.Live.Tests.Witnesses;

/// <summary>What the kernel tells its own secondary MMU, operation by operation, on this host: the first table of docs/linux-witnesses.md.</summary>
public sealed class KernelNotifierTests
{
    [Fact]
    public void The_table_of_the_documentation_is_what_this_kernel_tells()
    {
        Host.Require(HostCapabilities.NotifierTrace, HostCapabilities.SharedPagedMemory);
        Version kernel = Environment.OSVersion.Version;
        Assert.SkipUnless(kernel >= new Version(6, 18), $"the table was made on Linux 6.18; this is {kernel}");
        string documented = Host.Documentation("linux-witnesses.md");
        string[] rows = [.. KernelExperiment.All.Select(Run)];
        string table = string.Join('\n', rows);
        TestContext.Current.TestOutputHelper?.WriteLine(table);
        Assert.All(rows, row => Assert.True(
            documented.Contains(row, StringComparison.Ordinal), $"docs/linux-witnesses.md has not this row: {row}\nThe whole table is\n{table}"));
    }

    private static string Run(KernelExperiment experiment)
    {
        using KernelWindow window = new();
        experiment.Setup(window);
        return $"| {experiment.Name} | {window.Describe(window.Listen(() => experiment.Operation(window)))} |";
    }
}
