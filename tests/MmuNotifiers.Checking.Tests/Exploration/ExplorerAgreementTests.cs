using MmuNotifiers.Lab.Checking;
using MmuNotifiers.Lab.Checking.Exploration;
using MmuNotifiers.Lab.Checking.Scheduling;
using MmuNotifiers.Synchronization;

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

    /// <summary>A load that decides between a store and an atomic addition is one step with the addition, and loses no outcome.</summary>
    [Theory]
    [InlineData(MemoryModel.SequentiallyConsistent, 2, 5)]
    [InlineData(MemoryModel.TotalStoreOrder, 2, 4)]
    public void A_load_that_makes_no_difference_need_not_be_a_step(MemoryModel model, int threads, int steps)
    {
        int compared = 0;
        for (ulong seed = 0; compared < Programs; seed++)
        {
            RandomProgram program = new(seed, threads, steps);
            (ExplorationResult all, SortedSet<string> expected) = Outcomes(program, new BoundedSearch(int.MaxValue), model, dropsInTwoSteps: true);
            if (all.IsExhausted)
            {
                SortedSet<string> found = Outcomes(program, new PartialOrderSearch(Dependence.Full), model).Outcomes;
                Assert.True(expected.SetEquals(found), $"seed {seed}: {program}");
                compared++;
            }
        }
    }

    /// <summary>The negative controls: an explorer with a mistake in it must be caught by the same comparison.</summary>
    [Theory]
    [InlineData(Mistake.StoresAreIndependent, MemoryModel.SequentiallyConsistent)]
    [InlineData(Mistake.LocksAreIndependent, MemoryModel.SequentiallyConsistent)]
    [InlineData(Mistake.SleepersSleepOn, MemoryModel.SequentiallyConsistent)]
    [InlineData(Mistake.CountsAreIndependentOfLoads, MemoryModel.SequentiallyConsistent)]
    [InlineData(Mistake.BitsAreIndependent, MemoryModel.SequentiallyConsistent)]
    [InlineData(Mistake.BarriersAreIndependent, MemoryModel.TotalStoreOrder)]
    [InlineData(Mistake.SleepersSleepOn, MemoryModel.TotalStoreOrder)]
    public void An_explorer_with_a_mistake_misses_outcomes(Mistake mistake, MemoryModel model)
    {
        Dependence wrong = new Mistaken(mistake);
        Dependence races = mistake == Mistake.SleepersSleepOn ? Dependence.Full : wrong;
        for (ulong seed = 0; seed < Programs; seed++)
        {
            RandomProgram program = new(seed, 2, 4);
            (ExplorationResult all, SortedSet<string> expected) = Outcomes(program, new BoundedSearch(int.MaxValue), model);
            if (all.IsExhausted && !Outcomes(program, new PartialOrderSearch(races, wrong, []), model).Outcomes.SetEquals(expected))
            {
                return;
            }
        }

        Assert.Fail($"{mistake} was not noticed in {Programs} programs.");
    }

    [Theory]
    [InlineData(MemoryModel.SequentiallyConsistent)]
    [InlineData(MemoryModel.TotalStoreOrder)]
    public void A_search_in_parts_finds_every_outcome_of_the_whole(MemoryModel model)
    {
        for (ulong seed = 0; seed < 60; seed++)
        {
            RandomProgram program = new(seed, 3, 3);
            SortedSet<string> expected = Outcomes(program, new PartialOrderSearch(Dependence.Full), model).Outcomes;
            PrefixSearch division = new(5);
            Outcomes(program, division, model);
            SortedSet<string> found = [.. division.Prefixes.SelectMany(
                prefix => Outcomes(program, new PartialOrderSearch(Dependence.Full, Dependence.Full, prefix), model).Outcomes)];
            Assert.True(expected.SetEquals(found), $"seed {seed}: {program}");
        }
    }

    private static (ExplorationResult Result, SortedSet<string> Outcomes) Outcomes(
        RandomProgram program, ISearch search, MemoryModel model, bool dropsInTwoSteps = false)
    {
        RandomProgram.Case? run = null;
        OutcomeSearch collecting = new(search, () => run!.Outcome);
        ExplorationResult result = Explorer.Explore(
            () => run = program.NewCase(dropsInTwoSteps),
            collecting,
            new ExplorationOptions { MemoryModel = model, MaxExecutions = MostExecutions, StopsAtFailure = false },
            TestContext.Current.CancellationToken);
        return (result, collecting.Outcomes);
    }

    /// <summary>A way to get partial-order reduction wrong.</summary>
    public enum Mistake
    {
        StoresAreIndependent,
        LocksAreIndependent,
        CountsAreIndependentOfLoads,
        BitsAreIndependent,
        BarriersAreIndependent,
        SleepersSleepOn,
    }

    private sealed class Mistaken(Mistake mistake) : Dependence
    {
        internal override bool AreDependent(
            CooperativeScheduler scheduler, int process, in Operation operation, int other, in Operation otherOperation) =>
            mistake switch
            {
                Mistake.SleepersSleepOn => false,
                Mistake.StoresAreIndependent => (operation.Kind == OperationKind.Read || otherOperation.Kind == OperationKind.Read || operation.IsLock)
                    && base.AreDependent(scheduler, process, in operation, other, in otherOperation),
                Mistake.CountsAreIndependentOfLoads => (operation.Kind != OperationKind.Count || otherOperation.Kind != OperationKind.Read)
                    && (operation.Kind != OperationKind.Read || otherOperation.Kind != OperationKind.Count)
                    && base.AreDependent(scheduler, process, in operation, other, in otherOperation),
                Mistake.BitsAreIndependent => (operation.Bits == ScheduleController.AllBits || otherOperation.Bits == ScheduleController.AllBits)
                    && base.AreDependent(scheduler, process, in operation, other, in otherOperation),
                Mistake.LocksAreIndependent => !operation.IsLock && base.AreDependent(scheduler, process, in operation, other, in otherOperation),
                _ => operation.Kind is not (OperationKind.Buffer or OperationKind.BarrierBegin)
                    && base.AreDependent(scheduler, process, in operation, other, in otherOperation),
            };
    }
}
