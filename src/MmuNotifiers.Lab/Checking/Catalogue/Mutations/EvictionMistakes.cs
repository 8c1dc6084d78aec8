using MmuNotifiers.Lab.Checking.Catalogue.Secondaries;
using MmuNotifiers.Lab.Checking.Catalogue.Stores;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Checking.Catalogue.Mutations;

/// <summary>Small mistakes that do no harm until memory runs out and pages are evicted.</summary>
internal static class EvictionMistakes
{
    internal static IEnumerable<CatalogueEntry> Entries()
    {
        yield return new CatalogueEntry
        {
            Name = "M-evict-untold",
            Title = "eviction not told of",
            Kind = CatalogueKind.Mutation,
            What = "Eviction is not told of: the consequence.",
            Interleaving = "The page is written to the store and its frame freed, for whoever needs one; the device goes on with it.",
            Seam = "the hook table without the site SwapOut; coverage itself is not watched",
            Expected = Invariants.UseAfterFree,
            Watched = Invariants.UseAfterFree,
            Broken = FrameUsedAgain().Hooks(HookTable.Standard.Without(HookSite.SwapOut)),
            Twin = FrameUsedAgain(),
        };
        yield return new CatalogueEntry
        {
            Name = "M-evict-late",
            Title = "eviction told of behind the change",
            Kind = CatalogueKind.Mutation,
            What = "The pte holds the swap entry before the secondary is told that it will.",
            Interleaving = "Reclaim puts the swap entry into the pte; the device reads the page that is on its way out; reclaim tells.",
            Seam = "the hook table: eviction tells behind the change (HookPlacement.AfterChange)",
            Expected = Invariants.StaleInstall,
            Watched = Invariants.StaleInstall | Invariants.UseAfterFree,
            Broken = Evicted().Hooks(HookTable.Standard.With(HookSite.SwapOut, HookPlacement.AfterChange)),
            Twin = Evicted(),
        };
        yield return new CatalogueEntry
        {
            Name = "M-evict-held",
            Title = "frame kept without a pin",
            Kind = CatalogueKind.Mutation,
            What = "A device that takes no invalidations keeps the frame of a page and nothing that keeps the page there.",
            Interleaving = "The device looks the page up; the page is evicted and its frame freed; the device reads what is there now.",
            Seam = "the secondary under test: it keeps a translation, not a pin",
            Expected = Invariants.UseAfterFree,
            Watched = Invariants.UseAfterFree,
            Broken = Held(static run => Memory(run).Remember(run.Space, 0, AccessRights.Read)),
            Twin = Held(static run => Memory(run).Pin(run.Space, 0, AccessRights.Read)),
        };
        yield return new CatalogueEntry
        {
            Name = "M-evict-dirty",
            Title = "dirty said behind the unpin",
            Kind = CatalogueKind.Mutation,
            What = "A device says that it wrote to a page only when it has let go of it.",
            Interleaving = "The page is written back; the device writes to it through its pin and unpins; reclaim finds the page clean and drops it; the device says that it is dirty.",
            Seam = "the secondary under test: the order of MarkDirty and Unpin",
            Expected = Invariants.DirtyLost,
            Watched = Invariants.DirtyLost,
            Broken = LetGo("unpin, MarkDirty", static held => held.UnpinThenMarkDirty()),
            Twin = LetGo("MarkDirty, unpin", static held => held.MarkDirtyThenUnpin()),
        };
        yield return new CatalogueEntry
        {
            Name = "M-evict-slot",
            Title = "slot given away while it is read",
            Kind = CatalogueKind.Mutation,
            What = "A swap store gives up the place of a page when the page is asked for, and reads it after that.",
            Interleaving = "A CPU brings a page in; the store gives up its place; another page is evicted and gets it; the first page comes back with the bytes of the other.",
            Seam = "the swap store: when it gives a place up; the twin's waits until it is told that the slot is free",
            Expected = Invariants.UseAfterFree,
            Broken = InAgainstOut(static () => new PlacesGivenUpEarly()),
            Twin = InAgainstOut(static () => new PlacedSwapStore()),
        };
    }

    private static RaceScenario FrameUsedAgain() => Small.Over(PageMirror.Correct)
        .Pages(1)
        .UntouchedPages(1)
        .Thread("CPU", static cpu => cpu.Evict(0).Write(1))
        .Thread("device", static device => device.BeforeRace(static before => before.DeviceRead(0)).DeviceRead(0));

    private static RaceScenario Evicted() => Small.Over(PageMirror.Correct)
        .Pages(1)
        .Thread("reclaim", static reclaim => reclaim.Evict(0))
        .Thread("device", static device => device.BeforeRace(static before => before.DeviceRead(0)).DeviceRead(0));

    private static RaceScenario Held(Action<ScenarioRun> hold) => Small.Over(static primary => new HeldMemory(primary))
        .Pages(1)
        .Thread("reclaim", static reclaim => reclaim.Evict(0))
        .Thread("device", device => device.Do("hold page 0", hold, PageEffect.Keep).DeviceRead(0));

    private static RaceScenario LetGo(string text, Action<HeldMemory> letGo) => Small.Over(static primary => new HeldMemory(primary))
        .FilePages(1)
        .Thread("reclaim", static reclaim => reclaim.Evict(0))
        .Thread("device", device => device
            .BeforeRace(static before => before
                .Do("pin page 0", static run => Memory(run).Pin(run.Space, 0, AccessRights.Write), PageEffect.Keep)
                .Sync(0)
                .DeviceWrite(0))
            .Do(text, run => letGo(Memory(run)), PageEffect.Keep));

    private static RaceScenario InAgainstOut(Func<ISwapStore> store) => RaceScenario.WithoutSecondary()
        .SwapTo(store)
        .Pages(2)
        .Thread("CPU", static cpu => cpu.BeforeRace(static before => before.Evict(0)).Read(0))
        .Thread("reclaim", static reclaim => reclaim.Evict(1));

    private static HeldMemory Memory(ScenarioRun run) => (HeldMemory)run.Secondary()!;
}
