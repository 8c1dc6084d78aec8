using System.Reflection;
using System.Runtime.InteropServices;
using MmuNotifiers.Checking.Tests.Standing;
using MmuNotifiers.Lab.Checking;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Checking.Tests.Pressure;

/// <summary>What the scenarios of this folder have in common.</summary>
internal static class PressureScenarios
{
    /// <summary>Explores a scenario to the end, sequentially consistent and with store buffers.</summary>
    internal static void ExhaustBoth(this RaceScenario scenario)
    {
        StandingChecks.Exhaust(scenario.SoundAtTheEnd());
        StandingChecks.Exhaust(scenario.SoundAtTheEnd(), MemoryModel.TotalStoreOrder);
    }

    /// <summary>Explores a scenario to the end, sequentially consistent.</summary>
    internal static void ExhaustOnce(this RaceScenario scenario) => StandingChecks.Exhaust(scenario.SoundAtTheEnd());

    /// <summary>Explores a scenario as far as so many executions of random priorities go: for what is too large.</summary>
    internal static void Sample(this RaceScenario scenario, int executions) => RaceCheck.Explore(
        scenario.SoundAtTheEnd(),
        new RaceCheckOptions
        {
            Search = SearchStrategy.Probabilistic, MaxExecutions = executions, MaxTime = TimeSpan.FromMinutes(10), Shrink = false,
        }).AssertPassed();

    /// <summary>A scenario by the name of the property that makes it.</summary>
    internal static RaceScenario OfClass(Type checks, string property) =>
        (RaceScenario)checks.GetProperty(property, BindingFlags.Static | BindingFlags.NonPublic)!.GetValue(null)!;

    /// <summary>The negative control: without a lock that a step of the library takes, the same scenario must find something.</summary>
    internal static void IsCaughtWithout(this RaceScenario scenario, string stepThatLocks)
    {
        RaceCheckResult result = RaceCheck.Explore(
            scenario.SoundAtTheEnd().WithoutLock(stepThatLocks), new RaceCheckOptions { Shrink = false, MaxTime = TimeSpan.FromMinutes(5) });
        TestContext.Current.TestOutputHelper?.WriteLine($"without the lock of {stepThatLocks}: {result.Bound}, {result.Violation?.Sentence}");
        Assert.Equal(RaceCheckVerdict.Violation, result.Verdict);
    }

    /// <summary>At the end every address space is sound, and every slot of the swap store is used as often as it is named.</summary>
    internal static RaceScenario SoundAtTheEnd(this RaceScenario scenario) => scenario.Finally("address spaces and swap are sound", static run =>
    {
        Dictionary<SwapEntry, int> named = [];
        foreach (AddressSpace space in run.Memory.Spaces.ToArray())
        {
            space.AssertInvariants();
            space.CountSwapEntries(named);
        }

        foreach (MemoryObject target in run.Objects)
        {
            target.CountSwapEntries(named);
        }

        run.Memory.Swap.AssertInvariants(named);
    });

    /// <summary>At the end a page shows what a page of its object held before the race.</summary>
    internal static RaceScenario Shows(this RaceScenario scenario, int page, int objectPage) => scenario.Finally($"page {page} shows the object's page {objectPage}", run =>
    {
        ulong word = 0;
        run.Space.Read(ScenarioRun.AddressOf(page), MemoryMarshal.AsBytes(new Span<ulong>(ref word)));
        if (word != PageWord.Initial(objectPage))
        {
            ScenarioRun.Fail($"Page {page} shows {word:x}.", Invariants.Coherence);
        }
    });

    /// <summary>remap_file_pages: pages of the scenario's mapping show other pages of their object.</summary>
    internal static ThreadScript Remap(this ThreadScript thread, int page, ulong objectPage) =>
        thread.Call("RemapPages", page, 1, PageEffect.Unknown, (space, range) => space.RemapPages(range.Start, range.LengthBytes, objectPage));

    /// <summary>A snapshot is saved, from the copy of one moment to its last byte, by the calling thread; it holds one of the given values, each a page's first word.</summary>
    internal static ThreadScript SaveSnapshot(this ThreadScript thread, int page, params ulong[] allowed) => thread.Do("Snapshot.SaveAsync", run =>
    {
        SnapshotSaver saver = SnapshotSaver.Begin(run.Space, new SnapshotSaveOptions(), progress: null);
        using MemoryStream saved = new();
        Task writing = saver.WriteAsync(new StreamSink(saved), CancellationToken.None);
        Task ending = writing.IsCompleted ? saver.DisposeAsync().AsTask() : Task.CompletedTask;
        writing.GetAwaiter().GetResult();
        ending.GetAwaiter().GetResult();
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(saved.GetBuffer().AsSpan(0, (int)saved.Length & ~7));
        if (words.IndexOfAny(allowed) < 0)
        {
            ScenarioRun.Fail($"The snapshot has none of the values that page {page} held.", Invariants.Coherence);
        }
    }, PageEffect.Keep);
}
