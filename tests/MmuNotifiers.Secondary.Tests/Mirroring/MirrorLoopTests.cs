using static MmuNotifiers.Secondary.Tests.Addresses;

namespace MmuNotifiers.Secondary.Tests;

public sealed class MirrorLoopTests
{
    private readonly FakePrimary _primary = new();

    [Fact]
    public void An_interval_mirror_installs_what_the_primary_has()
    {
        _primary.Map(Pages(0, 4));
        IntervalMirror mirror = new(_primary, Pages(0, 8));

        MirrorResult result = Loop().Fault(mirror, Pages(0, 8), AccessRights.Read, new Translation[8]);

        Assert.Equal(new MirrorResult(FaultResult.NotMapped, 4, 0), result);
        Assert.Equal(_primary.FrameOf(At(3)), mirror[3]!.Value.Frame);
        Assert.Null(mirror[4]);
    }

    [Fact]
    public void A_bracket_between_look_up_and_install_makes_an_interval_mirror_retry()
    {
        _primary.Map(Pages(0, 4));
        IntervalMirror mirror = new(_primary, Pages(0, 4));
        int lookUps = 0;
        _primary.LookedUp = _ =>
        {
            if (lookUps++ < 3)
            {
                _primary.Replace(Pages(2, 1));
            }
        };

        MirrorResult result = Loop().Fault(mirror, Pages(0, 4), AccessRights.Read, new Translation[4]);

        Assert.Equal(new MirrorResult(FaultResult.Success, 4, 3), result);
        Assert.Equal(_primary.FrameOf(At(2)), mirror[2]!.Value.Frame);
    }

    [Fact]
    public void A_bracket_outside_of_the_interval_does_not_make_it_retry()
    {
        _primary.Map(Pages(0, 4));
        _primary.Map(Pages(100, 1));
        IntervalMirror mirror = new(_primary, Pages(0, 4));
        _primary.LookedUp = _ => _primary.Replace(Pages(100, 1));

        Assert.Equal(0, Loop().Fault(mirror, Pages(0, 4), AccessRights.Read, new Translation[4]).Retries);
    }

    [Fact]
    public void Brackets_that_always_collide_end_in_a_refusal_when_the_budget_is_used_up()
    {
        _primary.Map(Pages(0, 1));
        IntervalMirror mirror = new(_primary, Pages(0, 1));
        _primary.LookedUp = _ => _primary.Replace(Pages(0, 1));

        MirrorResult result = new MirrorLoop(_primary, TimeSpan.FromMilliseconds(5)).Fault(
            mirror, Pages(0, 1), AccessRights.Read, new Translation[1]);

        Assert.Equal(FaultResult.WouldBlock, result.Result);
        Assert.True(result.Retries > 1);
        Assert.Null(mirror[0]);
    }

    [Fact]
    public void A_budget_must_be_positive() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new MirrorLoop(_primary, TimeSpan.Zero));

    private MirrorLoop Loop() => new(_primary, MirrorLoop.DefaultBudget);
}
