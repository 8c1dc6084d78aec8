using MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

namespace MmuNotifiers.Lab.Checking.Catalogue;

/// <summary>Beginnings of scenarios over the small secondary MMUs of the catalogue.</summary>
internal static class Small
{
    /// <summary>A scenario over a small mirror.</summary>
    internal static RaceScenario Over(Func<IPrimaryMmu, ISmallMirror> attach) =>
        RaceScenario.Over(attach, static mirror => new MirrorDevice(mirror));

    /// <summary>A further small mirror.</summary>
    internal static RaceScenario AndOver(this RaceScenario scenario, Func<IPrimaryMmu, ISmallMirror> attach) =>
        scenario.And(attach, static mirror => new MirrorDevice(mirror));

    /// <summary>A page is unmapped while a device faults it in.</summary>
    internal static RaceScenario UnmapAgainstFault(this RaceScenario scenario) => scenario
        .Pages(1)
        .Thread("CPU", thread => thread.Unmap(0))
        .Thread("device", thread => thread.DeviceRead(0));

    /// <summary>A page is unmapped while a device uses a translation of it that it has.</summary>
    internal static RaceScenario UnmapAgainstUse(this RaceScenario scenario) => scenario
        .Pages(1)
        .Thread("CPU", thread => thread.Unmap(0))
        .Thread("device", thread => thread.BeforeRace(before => before.DeviceRead(0)).DeviceRead(0));
}
