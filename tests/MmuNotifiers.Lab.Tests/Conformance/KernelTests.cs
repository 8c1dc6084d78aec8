using MmuNotifiers.Lab.Conformance;
using MmuNotifiers.Lab.Conformance.Fuzzing;
using MmuNotifiers.Lab.Conformance.Operations;

namespace MmuNotifiers.Lab.Tests.Conformance;

/// <summary>The running kernel as the judge: of the cases themselves, and of made-up ones.</summary>
public sealed class KernelTests
{
    /// <summary>What the cases were taken from; older kernels answer some of them otherwise.</summary>
    private static readonly Version Judge = new(6, 18);

    [Fact]
    public void The_running_kernel_answers_every_case_as_written()
    {
        using LinuxOracle oracle = StartOracle();
        List<string> wrong = [];
        foreach (ConformanceCase item in RepositoryFiles.ConformanceCases())
        {
            using ICaseWorld kernel = oracle.NewWorld(item);
            foreach (ConformanceOperation operation in item.Operations)
            {
                if (kernel.Perform(operation).MismatchWith(operation.Expectation) is { } mismatch)
                {
                    wrong.Add($"{item.Name}: {OperationWriter.Describe(operation)}: {mismatch}");
                    break;
                }
            }
        }

        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData(ConformanceDevices.OwnOperations)]
    [InlineData(ConformanceDevices.EveryAccess)]
    public void Made_up_cases_end_as_on_the_running_kernel(ConformanceDevices devices)
    {
        using LinuxOracle oracle = StartOracle();
        DifferentialFuzzer fuzzer = new(oracle.NewWorld, made => new CaseWorld(made, devices));
        for (int seed = 0; seed < 12; seed++)
        {
            FuzzFinding? finding = fuzzer.Run(seed, length: 40);
            Assert.True(finding is null, finding is null ? string.Empty : $"{finding.Difference}\n{ConformanceWriter.ToLine(finding.Case)}");
        }
    }

    /// <summary>The negative control: a world with one deliberate error is found out, and the case is small.</summary>
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
    public void A_deliberate_error_is_found(ModelError error)
    {
        using LinuxOracle oracle = StartOracle();
        DifferentialFuzzer fuzzer = new(oracle.NewWorld, made => new FaultyWorld(new CaseWorld(made, ConformanceDevices.OwnOperations), error));
        FuzzFinding? finding = null;
        for (int seed = 0; seed < 400 && finding is null; seed++)
        {
            finding = fuzzer.Run(seed, length: 30);
        }

        Assert.NotNull(finding);
        Assert.InRange(finding.Case.Operations.Count, 1, 8);
    }

    private static LinuxOracle StartOracle()
    {
        Assert.SkipUnless(LinuxOracle.WhyMissing() is null, LinuxOracle.WhyMissing() ?? string.Empty);
        Version kernel = Environment.OSVersion.Version;
        Assert.SkipUnless(kernel >= Judge, $"the cases were taken from Linux {Judge}; this is {kernel}");
        return LinuxOracle.Start();
    }
}
