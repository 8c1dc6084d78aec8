using MmuNotifiers.Lab.Checking.Catalogue.Secondaries;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Checking.Catalogue.Mutations;

/// <summary>For each hook site the threads that need its call.</summary>
internal static class HookRace
{
    /// <summary>A device uses a page while a CPU does what the site is there for.</summary>
    internal static RaceScenario Over(HookSite site) => site switch
    {
        HookSite.Unmap => Race(static cpu => cpu.Unmap(0)),
        HookSite.Protect => Race(static cpu => cpu.Protect(0, 1, AccessRights.Read)),
        HookSite.Move => Race(static cpu => cpu.Move(0, 1, toPage: 1)),
        HookSite.Fork => Race(static cpu => cpu.Fork()),
        HookSite.CopyOnWrite => Race(static cpu => cpu.BeforeRace(static before => before.Fork()).Write(0), AccessRights.Read),
        HookSite.ZeroPage => Race(Small.Over(PageMirror.Correct).UntouchedPages(1), static cpu => cpu.Write(0), AccessRights.Read),
        HookSite.Discard => Race(static cpu => cpu.Discard(0)),
        HookSite.LazyFree => Race(static cpu => cpu.Advise(0, 1, Advice.Free)),
        HookSite.Guard => Race(static cpu => cpu.Advise(0, 1, Advice.GuardInstall)),
        HookSite.ObjectUnmap => Race(Small.Over(PageMirror.Correct).SharedPages(1), static cpu => cpu.Truncate(0), AccessRights.Write),
        HookSite.RemapPages => Race(Small.Over(PageMirror.Correct).SharedPages(2), PageCalls.RemapPages, AccessRights.Write),
        HookSite.RemapFrames => Race(PageCalls.RemapFrames),
        HookSite.ApplyToPageRange => Race(PageCalls.ApplyToPageRange),
        HookSite.WriteBack => Race(Small.Over(PageMirror.Correct).UntouchedPages(1), PageCalls.WriteBack, AccessRights.Write),
        HookSite.Release => Race(static cpu => cpu.Exit()),
        HookSite.Update => Faultless(Small.Over(static primary => new FaultlessDevice(primary)).UntouchedPages(1), static cpu => cpu.Write(0), AccessRights.Read),
        HookSite.ChangeProtection => Faultless(
            Small.Over(static primary => new FaultlessDevice(primary)).Pages(1, AccessRights.Read),
            static cpu => cpu.Protect(0, 1, AccessRights.ReadWrite),
            AccessRights.Write),
        HookSite.Migrate => Race(PageCalls.Migrate),
        HookSite.SoftDirty => Race(PageCalls.ClearSoftDirty),
        HookSite.Merge => Race(
            Small.Over(PageMirror.Correct).Pages(2),
            static cpu => PageCalls.Merge(cpu.BeforeRace(static before => PageCalls.Merge(PageCalls.MakeEqual(before, 2), 1)), 0),
            AccessRights.Read),
        HookSite.Collapse => Race(static cpu => PageCalls.Collapse(cpu.BeforeRace(static before => PageCalls.FillBlock(before)))),
        HookSite.Split => Race(static cpu => cpu
            .BeforeRace(static before => PageCalls.Collapse(PageCalls.FillBlock(before)))
            .Discard(1)),
        HookSite.MakeExclusive => Race(PageCalls.MakeExclusive),
        HookSite.TakeBack => TakeBack(),
        HookSite.Reap => Race(PageCalls.Reap),
        _ => throw new ArgumentOutOfRangeException(nameof(site), site, "There is no race for this hook site."),
    };

    private static RaceScenario Race(Func<ThreadScript, ThreadScript> cpu, AccessRights access = AccessRights.Write) =>
        Race(Small.Over(PageMirror.Correct).Pages(1), cpu, access);

    private static RaceScenario Race(RaceScenario scenario, Func<ThreadScript, ThreadScript> cpu, AccessRights access) => scenario
        .Thread("CPU", thread => cpu(thread))
        .Thread("device", device => device.BeforeRace(before => Access(before, access)).DeviceRead(0));

    private static RaceScenario TakeBack() => Small.Over(PageMirror.Correct)
        .Pages(1)
        .Thread("CPU", static cpu => cpu.BeforeRace(static before => PageCalls.MakeExclusive(before)).Read(0))
        .Thread("device", static device => device.DeviceRead(0));

    private static RaceScenario Faultless(RaceScenario scenario, Func<ThreadScript, ThreadScript> cpu, AccessRights access) => scenario
        .Thread("CPU", thread => cpu(thread))
        .Thread("device", device => Access(device, access));

    private static ThreadScript Access(ThreadScript device, AccessRights access) =>
        access == AccessRights.Write ? device.DeviceWrite(0) : device.DeviceRead(0);
}
