using MmuNotifiers.Lab.Checking;
using MmuNotifiers.Lab.Checking.Exploration;
using MmuNotifiers.Secondary.Kvm;

namespace MmuNotifiers.Checking.Tests.Standing;

public sealed class ShadowMmuChecks : StandingChecks
{
    protected override RaceScenario Attached => RaceScenario.Over(static space => new IdentityGuest(space));

    /// <remarks>The asymmetric fence: the virtual CPU's mark may still be in its store buffer when the invalidator looks for it.</remarks>
    [Fact]
    public void The_kick_of_a_device_with_store_buffers() => Exhaust(
        Attached.Pages(1)
            .Thread("vCPU", t => t.BeforeRace(before => before.DeviceRead(0)).DeviceRead(0))
            .Thread("CPU", t => t.Unmap(0)),
        MemoryModel.TotalStoreOrder);

    /// <remarks>512 ptes make thousands of steps of each execution, so this one has not many operations.</remarks>
    [Fact]
    public void A_store_against_the_collapse_of_small_pages()
    {
        using MemoryPool pool = new(CollapseExecution.Frames);
        ExplorationResult result = Explorer.Explore(
            () => new CollapseExecution(pool),
            new ExplorationOptions { MaxSteps = 100_000, MaxTime = TimeSpan.FromMinutes(5) },
            TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper?.WriteLine($"{result.Executions} executions, {result.Steps} steps, {result.Elapsed}");
        Assert.Null(result.Failure?.ToString());
        Assert.True(result.IsExhausted, "not everything was tried");
    }

    [Fact(Explicit = true)]
    public void A_device_that_goes_on_against_a_detaching_and_an_unmapping() => Exhaust(ADeviceThatGoesOn);
}
