using MmuNotifiers.Lab.Conformance;

namespace MmuNotifiers.Lab.Tests.Conformance;

/// <summary>Every case of the repository's conformance folder, through the CPU alone and through every secondary MMU.</summary>
public sealed class ShippedCasesTests
{
    private static readonly IReadOnlyList<ConformanceCase> Cases = RepositoryFiles.ConformanceCases();

    public static TheoryData<string> Names => [.. Cases.Select(item => item.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_case_ends_as_on_the_kernel_that_it_was_taken_from(string name) => Run(name, ConformanceDevices.OwnOperations);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_case_ends_the_same_through_every_secondary(string name) => Run(name, ConformanceDevices.EveryAccess);

    [Fact]
    public void No_two_cases_share_a_name() => Assert.Equal(Cases.Count, Cases.Select(item => item.Name).Distinct().Count());

    private static void Run(string name, ConformanceDevices devices)
    {
        ConformanceResult result = new ConformanceRunner(devices).Run(Cases.Single(item => item.Name == name));
        Assert.True(result.Passed, result.Message);
    }
}
