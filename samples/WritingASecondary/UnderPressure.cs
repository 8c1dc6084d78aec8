using MmuNotifiers;
using MmuNotifiers.Lab.Checking;

namespace WritingASecondary;

/// <summary>The device while memory runs out: reclaim asks how old its page is, chooses it, and evicts it to a store of one's own.</summary>
public static class UnderPressure
{
    public static RaceScenario Scenario(Func<ISwapStore> store) => RaceScenario
        .Over(primary => new PageMirror(primary), mirror => mirror)
        .Named("reclaim takes the page that the device reads")
        .Frames(4)
        .SwapTo(store)
        .Pages(1)
        .Thread("device", t => t.BeforeRace(before => before.DeviceRead(0)).DeviceRead(0))
        .Thread("reclaim", t => t.Age().Reclaim());
}
