using MmuNotifiers.Lab.Checking;
using MmuNotifiers.Secondary;

namespace MmuNotifiers.Checking.Tests.Standing;

public sealed class SoftwareTlbChecks : StandingChecks
{
    protected override RaceScenario Attached => RaceScenario.Over(static space => new TlbDomain(space, entriesPerCpu: 16));

    /// <remarks>A second CPU with a TLB of its own makes it ten times as many interleavings: that one is explicit.</remarks>
    protected override RaceScenario OfThreeThreads => OneDeviceAgainstABracket;

    protected override RaceScenario OfFourThreads => OneDeviceAgainstABracket.Thread("CPU 3", t => t.Read(1));

    /// <remarks>A store's copy is a second shootdown; a load sees the one.</remarks>
    protected override RaceScenario OfMerging => Attached.UntouchedPages(3)
        .Thread("device", t => t.BeforeRace(before => before.DeviceRead(0)).DeviceRead(0))
        .Thread("CPU", t => t.BeforeRace(before => before.MakeEqual(0, 3).MergeEqualPages(1, 2)).MergeEqualPages(0, 1));

    /// <remarks>The asymmetric fence: the device's mark may still be in its store buffer when the invalidator looks for it.</remarks>
    [Fact]
    public void The_kick_of_a_device_with_store_buffers() => Exhaust(
        Attached.Pages(1)
            .Thread("device", t => t.BeforeRace(before => before.DeviceRead(0)).DeviceRead(0))
            .Thread("CPU", t => t.Bracket(0)),
        MemoryModel.TotalStoreOrder);

    /// <remarks>The fault against an eviction is explored by default; this one has as many interleavings again.</remarks>
    [Fact(Explicit = true)]
    public override void A_load_through_a_translation_against_an_eviction() => base.A_load_through_a_translation_against_an_eviction();

    [Fact(Explicit = true)]
    public void A_device_that_goes_on_against_a_detaching_and_an_unmapping() => Exhaust(ADeviceThatGoesOn);
}
