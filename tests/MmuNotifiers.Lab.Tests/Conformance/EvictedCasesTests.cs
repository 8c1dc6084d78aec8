using MmuNotifiers.Lab.Conformance;
using MmuNotifiers.Lab.Conformance.Operations;
using MmuNotifiers.Lab.Traces;
using MmuNotifiers.Primary;
using MmuNotifiers.Swap;

namespace MmuNotifiers.Lab.Tests.Conformance;

/// <summary>
/// Every case of the repository's conformance folder once more, with every page evicted that can be between any two operations: what a program sees,
/// and what its devices see, is what the kernel answered to it without any eviction.
/// </summary>
public sealed class EvictedCasesTests
{
    private static readonly IReadOnlyList<ConformanceCase> Cases = RepositoryFiles.ConformanceCases();

    public static TheoryData<string> Names => [.. Cases.Select(static item => item.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_case_ends_the_same_though_every_page_is_evicted_after_each_operation(string name) =>
        await Run(Cases.Single(item => item.Name == name), ConformanceDevices.OwnOperations);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_case_ends_the_same_through_secondaries_whose_pages_are_evicted_after_each_operation(string name) =>
        await Run(Cases.Single(item => item.Name == name), ConformanceDevices.EveryAccess);

    [Fact]
    public async Task The_cases_have_pages_to_evict()
    {
        long evicted = 0;
        foreach (ConformanceCase item in Cases)
        {
            evicted += await Run(item, ConformanceDevices.OwnOperations);
        }

        Assert.True(evicted > Cases.Count, $"{evicted} pages in {Cases.Count} cases");
    }

    /// <returns>How many pages were evicted.</returns>
    private static async Task<long> Run(ConformanceCase item, ConformanceDevices devices)
    {
        await using MemorySwapStore store = new(1 << 15);
        ReclaimOptions reclaim = new() { Swap = store, LowWatermarkPages = 0, HighWatermarkPages = 0 };
        using CaseWorld world = new(item, devices, InvariantChecks.EachOperation, reclaim);
        PageEviction eviction = new(world.Memory);
        long evicted = 0;
        foreach (ConformanceOperation operation in item.Operations)
        {
            Outcome outcome = world.Perform(operation);

            // Whether a page is in memory, and what is left of one that was freed lazily, is what eviction is there to change.
            bool isComparable = operation is not ResidentOperation && !ReadsWhatWasFreedLazily(item);
            Assert.Null(isComparable ? outcome.MismatchWith(operation.Expectation) : null);
            evicted += eviction.Evict(Frames(world.Memory), EvictionReason.Pressure).FreedPages;
        }

        Assert.Null(world.Close());
        return evicted;
    }

    private static bool ReadsWhatWasFreedLazily(ConformanceCase item) =>
        item.Operations.Any(static operation => operation is AdviseOperation { Advice: LinuxAdvice.Free });

    private static FrameNumber[] Frames(PhysicalMemory memory) =>
        [.. Enumerable.Range(1, (int)memory.UsedEnd - 1).Select(static frame => new FrameNumber((ulong)frame))];
}
