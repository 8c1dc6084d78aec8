using MmuNotifiers.Lab.Checking;
using MmuNotifiers.Lab.Checking.Exploration;
using MmuNotifiers.Lab.Checking.Scheduling;

namespace MmuNotifiers.Checking.Tests.Exploration;

/// <summary>The reduced search against the full one, over programs by lot.</summary>
public sealed class ExplorerAgreementTests
{
    private const int Programs = 300;
    private const int MostExecutions = 3_000;

    [Theory]
    [InlineData(MemoryModel.SequentiallyConsistent, 2, 4)]
    [InlineData(MemoryModel.SequentiallyConsistent, 3, 3)]
    [InlineData(MemoryModel.TotalStoreOrder, 2, 4)]
    [InlineData(MemoryModel.TotalStoreOrder, 3, 2)]
    public void Partial_order_reduction_finds_every_outcome_of_full_search(MemoryModel model, int threads, int steps)
    {
        int compared = 0;
        long full = 0;
        long reduced = 0;
        long redundant = 0;
        for (ulong seed = 0; compared < Programs; seed++)
        {
            RandomProgram program = new(seed, threads, steps);
            (ExplorationResult all, SortedSet<string> expected) = Outcomes(program, new BoundedSearch(int.MaxValue), model);
            if (!all.IsExhausted)
            {
                continue;
            }

            (ExplorationResult few, SortedSet<string> found) = Outcomes(program, new PartialOrderSearch(Dependence.Full), model);
            Assert.True(expected.SetEquals(found), $"seed {seed}: {program}\nmissing {string.Join(" / ", expected.Except(found))}\nextra {string.Join(" / ", found.Except(expected))}");
            Assert.True(few.IsExhausted);
            compared++;
            full += all.Executions;
            reduced += few.Executions;
            redundant += few.Redundant;
        }

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{compared} programs: {full} executions in full, {reduced} reduced, {redundant} of them redundant");
    }

    private static (ExplorationResult Result, SortedSet<string> Outcomes) Outcomes(RandomProgram program, ISearch search, MemoryModel model)
    {
        RandomProgram.Case? run = null;
        OutcomeSearch collecting = new(search, () => run!.Outcome);
        ExplorationResult result = Explorer.Explore(
            () => run = program.NewCase(),
            collecting,
            new ExplorationOptions { MemoryModel = model, MaxExecutions = MostExecutions, StopsAtFailure = false },
            TestContext.Current.CancellationToken);
        return (result, collecting.Outcomes);
    }
}
