using MmuNotifiers.Lab.Checking;
using MmuNotifiers.Secondary.Registration;

namespace MmuNotifiers.Checking.Tests.Standing;

public sealed class RegistrationCacheChecks : StandingChecks
{
    private static readonly RegistrationCacheOptions OneRegion = new() { MaxRegions = 1, MaxMergedBytes = 0 };

    protected override RaceScenario Attached => RaceScenario.Over(static space => new RegistrationCache(space));

    protected override RaceScenario OfThreeThreads => OneDeviceAgainstABracket;

    protected override RaceScenario OfFourThreads => OneDeviceAgainstABracket.Thread("CPU 3", t => t.Read(1));

    [Fact]
    public void A_registration_against_a_bracket() => Exhaust(Attached.Pages(1)
        .Thread("client", t => t.DeviceRead(0))
        .Thread("CPU", t => t.Bracket(0)));

    [Fact]
    public void A_region_that_makes_way_against_a_bracket() => Exhaust(RaceScenario.Over(static space => new RegistrationCache(space, OneRegion)).Pages(3)
        .Thread("client", t => t.BeforeRace(before => before.DeviceRead(0)).DeviceRead(2))
        .Thread("CPU", t => t.Bracket(0)));
}
