using MmuNotifiers.Lab.Checking;

namespace MmuNotifiers.Checking.Tests.Standing;

public sealed class IntervalMirrorChecks : StandingChecks
{
    protected override RaceScenario Attached => RaceScenario.Over(
        static space => new IntervalMirror(space, ScenarioRun.RangeOf(0, 4)), static mirror => mirror.AddDevice());

    [Fact]
    public void A_device_that_goes_on_against_a_detaching_and_an_unmapping() => Exhaust(ADeviceThatGoesOn);
}
