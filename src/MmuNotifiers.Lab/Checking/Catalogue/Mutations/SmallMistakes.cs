using MmuNotifiers.Lab.Checking.Catalogue.Lists;
using MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

namespace MmuNotifiers.Lab.Checking.Catalogue.Mutations;

/// <summary>Small mistakes in a secondary MMU, or in a list of subscribers, each of them made somewhere.</summary>
internal static class SmallMistakes
{
    internal static IEnumerable<CatalogueEntry> Entries()
    {
        yield return new CatalogueEntry
        {
            Name = "M-narrow",
            Title = "range one page too short",
            Kind = CatalogueKind.Mutation,
            What = "A range is one page too short.",
            Interleaving = "Two pages are unmapped, the subscriber is told of the first: the entry of the second stays.",
            Seam = "an interposer that passes every range on without its last page",
            Expected = Invariants.Coverage,
            Broken = TwoPages().Through(static primary => new NarrowingPrimary(primary)),
            Twin = TwoPages(),
        };
        yield return new CatalogueEntry
        {
            Name = "M-late-begin",
            Title = "reader begins after the look-up",
            Kind = CatalogueKind.Mutation,
            What = "The reader of an interval begins after its look-up.",
            Interleaving = "A fault looks up; a whole bracket runs; the fault begins, gets a sequence that is new already, and installs.",
            Seam = "the secondary under test: where it begins to read",
            Expected = Invariants.StaleInstall | Invariants.InstallInBracket,
            Broken = Small.Over(static primary => new LateBeginMirror(primary, ScenarioRun.RangeOf(0, 1))).UnmapAgainstFault(),
            Twin = Small.Over(static primary => new IntervalMirror(primary, ScenarioRun.RangeOf(0, 1))).UnmapAgainstFault(),
        };
        yield return new CatalogueEntry
        {
            Name = "M-unlocked-check",
            Title = "check outside the lock",
            Kind = CatalogueKind.Mutation,
            What = "The check for a collision is made before the lock is taken.",
            Interleaving = "A fault checks; a bracket starts and drops the range; the fault takes the lock and installs.",
            Seam = "the secondary under test: where it checks",
            Expected = Invariants.InstallInBracket | Invariants.StaleInstall,
            Broken = Small.Over(static primary => new UnlockedCheckMirror(primary)).UnmapAgainstFault(),
            Twin = Small.Over(PageMirror.Correct).UnmapAgainstFault(),
        };
        yield return new CatalogueEntry
        {
            Name = "M-no-flush",
            Title = "no wait for the flush",
            Kind = CatalogueKind.Mutation,
            What = "The invalidation drops the entries and does not wait for accesses that are in flight.",
            Interleaving = "The device has read its entry; the bracket starts, drops it and returns; the device accesses the frame.",
            Seam = "the secondary under test: it does not wait for the flush",
            Expected = Invariants.UseAfterFree | Invariants.InstallInBracket,
            Broken = Small.Over(static primary => new UnflushedMirror(primary)).UnmapAgainstUse(),
            Twin = Small.Over(static primary => new GatedMirror(primary)).UnmapAgainstUse(),
        };
        yield return new CatalogueEntry
        {
            Name = "M-early-return",
            Title = "no sequence on early return",
            Kind = CatalogueKind.Mutation,
            What = "An invalidation that finds nothing to drop returns early and does not set the sequence.",
            Interleaving = "A fault has looked up and installed nothing yet; the bracket finds nothing; the fault sees its old sequence and installs.",
            Seam = "the secondary under test: its invalidation",
            Expected = Invariants.StaleInstall | Invariants.InstallInBracket | Invariants.Context,
            Broken = Small.Over(static primary => new EarlyReturnMirror(primary, ScenarioRun.RangeOf(0, 1))).UnmapAgainstFault(),
            Twin = Small.Over(static primary => new IntervalMirror(primary, ScenarioRun.RangeOf(0, 1))).UnmapAgainstFault(),
        };
        yield return new CatalogueEntry
        {
            Name = "M-end-only",
            Title = "end without start",
            Kind = CatalogueKind.Mutation,
            What = "The end of a bracket is told to whoever is on the list then, whether it was told of the start or not.",
            Interleaving = "A bracket starts; a subscriber registers; the bracket ends, and the subscriber's count falls below 0.",
            Seam = "a naive notifier list in place of the dispatch: its end walks the list of that moment",
            Expected = Invariants.Pairing,
            Broken = Registration().Through(static primary => new NaiveNotifierList(primary)),
            Twin = Registration(),
        };
        yield return new CatalogueEntry
        {
            Name = "M-unregister",
            Title = "no wait for running callbacks",
            Kind = CatalogueKind.Mutation,
            What = "Unregistration does not wait for callbacks that run.",
            Interleaving = "A bracket calls the subscriber; the subscription ends and its owner goes on as if nobody could call; the callback still runs.",
            Seam = "a naive notifier list in place of the dispatch: it forgets the subscriber and returns",
            Expected = Invariants.Lifetime,
            Broken = Unregistration().Through(static primary => new NaiveNotifierList(primary)),
            Twin = Unregistration(),
        };
        yield return new CatalogueEntry
        {
            Name = "M-blocks",
            Title = "non-blocking path that blocks",
            Kind = CatalogueKind.Mutation,
            What = "The start of a bracket that must not block waits for a lock.",
            Interleaving = "A device holds the lock; the bracket that must not block waits for it instead of refusing.",
            Seam = "the secondary under test: it always waits",
            Expected = Invariants.Context,
            Broken = Reaper(static primary => new BlockingMirror(primary)),
            Twin = Reaper(PageMirror.Correct),
        };
        yield return new CatalogueEntry
        {
            Name = "M-plain-store",
            Title = "plain store, not exchange",
            Kind = CatalogueKind.Mutation,
            What = "The accessed bit is set in an entry by a plain store instead of an exchange.",
            Interleaving = "The device reads its entry; the bracket drops it; the device stores the entry with the accessed bit: it is back.",
            Seam = "the secondary under test: how it marks an entry as used",
            Expected = Invariants.UseAfterFree | Invariants.InstallInBracket | Invariants.StaleInstall,
            Broken = TwoReads(static primary => new PlainStoreMirror(primary)),
            Twin = TwoReads(static primary => new MarkingMirror(primary)),
        };
        yield return new CatalogueEntry
        {
            Name = "M-no-fence",
            Title = "install without a fence",
            Kind = CatalogueKind.Mutation,
            What = "The fence between a pending entry and the check for a collision is left out; on x86-64 the store may wait in its buffer.",
            Interleaving = "The fault's pending entry is still in its store buffer; a bracket starts and finds nothing to drop; the fault has checked before.",
            Seam = "the secondary under test: an install without a fence",
            Expected = Invariants.UseAfterFree | Invariants.InstallInBracket | Invariants.StaleInstall,
            Memory = MemoryModel.TotalStoreOrder,
            Broken = Small.Over(static primary => new UnfencedMirror(primary)).UnmapAgainstFault(),
            Twin = Small.Over(static primary => new FencedMirror(primary, new CountAndSequence())).UnmapAgainstFault(),
        };
    }

    private static RaceScenario TwoPages() => Small.Over(PageMirror.Correct)
        .Pages(2)
        .Thread("CPU", static cpu => cpu.Unmap(0, 2))
        .Thread("device", static device => device.BeforeRace(static before => before.DeviceRead(1)).DeviceRead(1));

    private static RaceScenario Registration() => Small.Over(PageMirror.Correct)
        .AttachedLater()
        .Pages(1)
        .Thread("CPU", static cpu => cpu.Bracket(0))
        .Thread("registrar", static registrar => registrar.Attach());

    private static RaceScenario Unregistration() => Small.Over(PageMirror.Correct)
        .Pages(1)
        .Thread("CPU", static cpu => cpu.Unmap(0))
        .Thread("owner", static owner => owner.Detach());

    private static RaceScenario Reaper(Func<IPrimaryMmu, PageMirror> attach) => Small.Over(attach)
        .Pages(1)
        .Thread("reaper", static reaper => reaper.TryBracket(0))
        .Thread("device", static device => device.DeviceRead(0));

    private static RaceScenario TwoReads(Func<IPrimaryMmu, PageMirror> attach) => Small.Over(attach)
        .Pages(1)
        .Thread("CPU", static cpu => cpu.Unmap(0))
        .Thread("device", static device => device.BeforeRace(static before => before.DeviceRead(0)).DeviceRead(0).DeviceRead(0));
}
