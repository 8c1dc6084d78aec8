using MmuNotifiers.Lab.Checking;
using MmuNotifiers.Secondary.Registration;

namespace MmuNotifiers.Checking.Tests.Standing;

public sealed class RegistrationCacheChecks : StandingChecks
{
    private static readonly RegistrationCacheOptions OneRegion = new() { MaxRegions = 1, MaxMergedBytes = 0 };

    private static readonly RegistrationCacheOptions OneNotifier = new() { Attachment = RegistrationAttachment.AddressSpace };

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

    /// <summary>A use is told at once or at the next question, wherever reclaim asks.</summary>
    [Fact]
    public void A_use_against_a_question_for_ages() => NoUseIsLost(Attached);

    [Fact]
    public void A_use_against_a_question_to_one_notifier_for_all_regions() =>
        NoUseIsLost(RaceScenario.Over(static space => new RegistrationCache(space, OneNotifier)));

    private static void NoUseIsLost(RaceScenario attached)
    {
        bool wasTold = false;
        bool wasToldLater = false;
        Exhaust(attached.Pages(1)
            .Thread("client", t => t
                .BeforeRace(before => before.DeviceRead(0).Do("forget the use", static run => Ask(run)))
                .DeviceRead(0)
                .Do("ask once more", run => wasToldLater = Ask(run)))
            .Thread("reclaim", t => t.Do("ask", run => wasTold = Ask(run)))
            .Finally("the use was told", _ =>
            {
                if (!wasTold && !wasToldLater)
                {
                    ScenarioRun.Fail("reclaim does not hear of a use");
                }
            }));
    }

    private static bool Ask(ScenarioRun run) => run.Space.Subscriptions.ClearYoung(ScenarioRun.RangeOf(0, 1));
}
