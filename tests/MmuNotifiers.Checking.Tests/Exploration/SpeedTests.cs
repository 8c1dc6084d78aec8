using System.Globalization;
using MmuNotifiers.Lab.Checking;
using MmuNotifiers.Secondary;

namespace MmuNotifiers.Checking.Tests.Exploration;

/// <summary>How fast production code is explored: the figures of docs/decisions/0006-explorer.md.</summary>
public sealed class SpeedTests
{
    private const int WarmUps = 6;

    /// <summary>Prints the figures. Run it by name, in a release build, with nothing beside it.</summary>
    [Theory(Explicit = true)]
    [InlineData(1, MemoryModel.SequentiallyConsistent)]
    [InlineData(1, MemoryModel.TotalStoreOrder)]
    [InlineData(2, MemoryModel.SequentiallyConsistent)]
    [InlineData(3, MemoryModel.SequentiallyConsistent)]
    public void Virtual_cpus_read_a_page_while_it_is_unmapped(int cpus, MemoryModel memory)
    {
        RaceScenario scenario = RaceScenario.Over(space => new TlbDomain(space, 16)).Pages(2);
        for (int i = 0; i < cpus; i++)
        {
            scenario = scenario.Thread($"vCPU {i + 1}", t => t.DeviceRead(0));
        }

        scenario = scenario.Thread("CPU", t => t.Unmap(0));
        foreach (int workers in (int[])[1, 2])
        {
            RaceCheckOptions options = new() { Memory = memory, Workers = workers, MaxTime = TimeSpan.FromSeconds(2) };
            RaceCheckResult result = RaceCheck.Explore(scenario, options);
            for (int i = 0; i < WarmUps && result.IsExhausted; i++)
            {
                result = RaceCheck.Explore(scenario, options);
            }

            Assert.NotEqual(RaceCheckVerdict.Violation, result.Verdict);
            double seconds = result.Duration.TotalSeconds;
            TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{cpus + 1} threads, {memory}, {workers} workers: {result.Executions} executions, {result.Executions / seconds:F0}/s, "
                + $"{result.Steps / seconds:F0} steps/s, {result.Steps / (double)result.Executions:F0} steps each, exhausted: {result.IsExhausted}"));
        }
    }
}
