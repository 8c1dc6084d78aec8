using MmuNotifiers.Lab.Conformance;
using MmuNotifiers.Lab.Conformance.Fuzzing;
using MmuNotifiers.Lab.Conformance.Kernel;
using MmuNotifiers.Linux;
using MmuNotifiers.Linux.Oracle;

namespace MmuNotifiers.Lab.Tests.Conformance;

/// <summary>The running kernel as the judge: of the cases themselves, and of made-up ones.</summary>
public sealed class KernelTests
{
    /// <summary>What the cases were taken from; older kernels answer some of them otherwise.</summary>
    private static readonly Version Judge = new(6, 18);

    [Theory]
    [InlineData(KernelDevices.UserPages)]
    [InlineData(KernelDevices.Guest)]
    public void The_running_kernel_answers_every_case_as_written(KernelDevices devices)
    {
        using KernelOracle oracle = StartOracle(devices);
        KernelJudge judge = new(oracle.Questions, oracle.Answers, devices);
        List<string> wrong = [];
        foreach (ConformanceCase item in RepositoryFiles.ConformanceCases())
        {
            IReadOnlyList<Outcome> outcomes = judge.Judge(item);
            for (int i = 0; i < outcomes.Count; i++)
            {
                if (outcomes[i].MismatchWith(item.Operations[i].Expectation) is { } mismatch)
                {
                    wrong.Add($"{item.Name}: {OperationWriter.Describe(item.Operations[i])}: {mismatch}");
                    break;
                }
            }
        }

        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData(KernelDevices.UserPages, 1)]
    [InlineData(KernelDevices.Guest, 100_000)]
    public void Made_up_cases_end_as_on_the_running_kernel(KernelDevices devices, int seed)
    {
        using KernelOracle oracle = StartOracle(devices);
        FuzzOptions options = new() { Seed = seed, MaxOperations = 4000, Duration = TimeSpan.FromMinutes(2), Devices = devices };
        FuzzReport report = new DifferentialFuzzer(oracle.Questions, oracle.Answers, options).Run(cancelled: TestContext.Current.CancellationToken);
        Assert.Empty(report.Mismatches);
        Assert.InRange(report.Operations, 4000, long.MaxValue);
    }

    [Fact]
    public void The_same_seed_makes_the_same_case()
    {
        ConformanceCase first = CaseMaker.Make(17, KernelDevices.Guest, out int operations);
        ConformanceCase second = CaseMaker.Make(17, KernelDevices.Guest, out int again);
        Assert.Equal(operations, again);
        Assert.Equal(first.Operations, second.Operations);
        Assert.NotEqual(first.Operations, CaseMaker.Make(18, KernelDevices.Guest, out _).Operations);
    }

    /// <summary>The negative control: a world with one deliberate error is found out within a minute, and the case is small.</summary>
    [Theory]
    [InlineData(ModelError.UnmapForgetsItsLastPage)]
    [InlineData(ModelError.DiscardDoesNothing)]
    [InlineData(ModelError.StoresAreLostInChildren)]
    [InlineData(ModelError.TruncationDoesNothing)]
    [InlineData(ModelError.ProtectGrantsStores)]
    [InlineData(ModelError.EveryFaultIsMapError)]
    [InlineData(ModelError.FixedNeverReplaces)]
    [InlineData(ModelError.MovesAreDuplicates)]
    [InlineData(ModelError.HolesAreIgnored)]
    [InlineData(ModelError.LocksAreIgnored)]
    [InlineData(ModelError.FaultsNameTheFirstByte)]
    [InlineData(ModelError.TheHeapNeverShrinks)]
    [InlineData(ModelError.WipingIsForgotten)]
    [InlineData(ModelError.GuardsAreIgnored)]
    [InlineData(ModelError.EverythingIsResident)]
    [InlineData(ModelError.DevicesKeepWhatTheyRead)]
    public void A_deliberate_error_is_found_within_a_minute(ModelError error)
    {
        using KernelOracle oracle = StartOracle(KernelDevices.UserPages);
        FuzzOptions options = new() { Duration = TimeSpan.FromMinutes(1), MaxMismatches = 1 };
        FuzzReport report = new DifferentialFuzzer(
            oracle.Questions,
            oracle.Answers,
            options,
            item => new FaultyWorld(new CaseWorld(item, ConformanceDevices.OwnOperations, InvariantChecks.AtTheEnd), error))
            .Run(cancelled: TestContext.Current.CancellationToken);
        FuzzMismatch found = Assert.Single(report.Mismatches);
        Assert.InRange(found.Operations, 1, 8);
        using StringReader line = new(found.Case);
        ConformanceResult right = new ConformanceRunner().Run(ConformanceReader.Read(line, "a finding").Single());
        Assert.True(right.Passed, right.Message);
    }

    private static KernelOracle StartOracle(KernelDevices devices)
    {
        string? reason = (devices == KernelDevices.Guest ? HostCapabilities.KernelOracleGuest : HostCapabilities.KernelOracle).Reason;
        Assert.SkipUnless(reason is null, reason ?? string.Empty);
        Version kernel = Environment.OSVersion.Version;
        Assert.SkipUnless(kernel >= Judge, $"the cases were taken from Linux {Judge}; this is {kernel}");
        return KernelOracle.Start();
    }
}
