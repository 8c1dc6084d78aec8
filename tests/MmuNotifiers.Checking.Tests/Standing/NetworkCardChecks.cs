using MmuNotifiers.Lab.Checking;
using MmuNotifiers.Secondary.Rdma;

namespace MmuNotifiers.Checking.Tests.Standing;

public sealed class NetworkCardChecks : StandingChecks
{
    private static readonly NetworkCardOptions Small = new() { Entries = 4, Ways = 1 };

    protected override RaceScenario Attached => RaceScenario.Over(static space => new NetworkCard(Small).Attach(space));

    [Fact(Explicit = true)]
    public void A_device_that_goes_on_against_a_detaching_and_an_unmapping() => Exhaust(ADeviceThatGoesOn);
}
