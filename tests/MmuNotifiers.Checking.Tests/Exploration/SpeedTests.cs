using System.Globalization;
using MmuNotifiers.Lab.Checking;
using MmuNotifiers.Secondary;

namespace MmuNotifiers.Checking.Tests.Exploration;

/// <summary>How fast production code is explored: the figures of docs/decisions/0006-explorer.md.</summary>
public sealed class SpeedTests
{
    /// <summary>How long a scenario is explored, over and over, before it is measured: the JIT compiles hot methods again meanwhile.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(3);

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
            _ = Explore(scenario, options, WarmUp);
            (long executions, long steps, double seconds, RaceCheckResult last) = Explore(scenario, options, Measured);
            TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{cpus + 1} threads, {memory}, {workers} workers: {last.Executions} executions, {executions / seconds:F0}/s, "
                + $"{steps / seconds:F0} steps/s, {steps / (double)executions:F0} steps each, exhausted: {last.IsExhausted}"));
        }
    }

    /// <summary>Explores the scenario again and again for so long, and adds up.</summary>
    private static (long Executions, long Steps, double Seconds, RaceCheckResult Last) Explore(
        RaceScenario scenario, RaceCheckOptions options, TimeSpan duration)
    {
        (long executions, long steps, double seconds) = (0, 0, 0);
        RaceCheckResult result;
        do
        {
            result = RaceCheck.Explore(scenario, options);
            Assert.NotEqual(RaceCheckVerdict.Violation, result.Verdict);
            executions += result.Executions;
            steps += result.Steps;
            seconds += result.Duration.TotalSeconds;
        }
        while (seconds < duration.TotalSeconds);

        return (executions, steps, seconds, result);
    }
}
