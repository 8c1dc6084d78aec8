using MmuNotifiers.Lab.Checking;
using MmuNotifiers.Secondary;
using WritingASecondary;

namespace MmuNotifiers.Checking.Tests.Mistakes;

/// <summary>
/// What somebody who wrote the secondary of docs/writing-a-secondary.md with one mistake is told. Each scenario passes with the page's own.
/// </summary>
public sealed class MistakeTests
{
    [Fact]
    public void Who_forgets_to_retry_is_told() => Catches(
        primary => new ForgetsToRetry(primary), ReadAgainstUnmap, Invariants.UseAfterFree | Invariants.InstallInBracket);

    [Fact]
    public void Who_counts_brackets_and_keeps_no_sequence_is_told() => Catches(
        primary => new CountsOnly(primary), ReadAgainstUnmap, Invariants.UseAfterFree | Invariants.StaleInstall);

    [Fact]
    public void Who_samples_after_the_look_up_is_told() => Catches(
        primary => new SamplesTooLate(primary), ReadAgainstUnmap, Invariants.UseAfterFree | Invariants.InstallInBracket);

    [Fact]
    public void Who_drops_only_one_page_of_the_range_is_told() => Catches(
        primary => new DropsOnePageOnly(primary), ReadAgainstUnmap, Invariants.UseAfterFree | Invariants.InstallInBracket);

    [Fact]
    public void Who_checks_before_taking_the_lock_is_told() => Catches(
        primary => new ChecksBeforeTheLock(primary), ReadAgainstUnmap, Invariants.UseAfterFree | Invariants.InstallInBracket);

    [Fact]
    public void Who_grants_more_than_the_primary_is_told() => Catches(
        primary => new GrantsWhatItLikes(primary),
        scenario => scenario
            .Pages(1, AccessRights.Read)
            .Thread("device", t => t.DeviceRead(0).DeviceWrite(0))
            .Thread("CPU", t => t.Read(0)),
        Invariants.Permission);

    [Fact]
    public void Who_blocks_where_it_must_not_is_told() => Catches(
        primary => new BlocksWhereItMustNot(primary),
        scenario => scenario
            .Pages(1)
            .Thread("device", t => t.DeviceRead(0))
            .Thread("reaper", t => t.TryBracket(0)),
        Invariants.Context);

    [Fact]
    public void Who_forgets_the_end_is_told() => Catches(
        primary => new ForgetsTheEnd(primary),
        scenario => scenario
            .Pages(1)
            .Thread("device", t => t.DeviceRead(0))
            .Thread("CPU", t => t.Protect(0, 1, AccessRights.Read)),
        Invariants.Liveness);

    [Fact]
    public void Who_reads_outside_of_the_lock_is_told() => Catches(
        primary => new ReadsOutsideTheLock(primary), ReadAgainstUnmap, Invariants.UseAfterFree | Invariants.InstallInBracket);

    [Fact]
    public void Who_installs_after_the_release_is_told() => Catches(
        primary => new ForgetsTheRelease(primary),
        scenario => scenario
            .Pages(1)
            .Thread("device", t => t.DeviceRead(0).DeviceRead(0))
            .Thread("CPU", t => t.Exit()),
        Invariants.Lifetime);

    private static RaceScenario ReadAgainstUnmap(RaceScenario scenario) => scenario
        .Pages(2)
        .Thread("device", t => t.DeviceRead(0).DeviceRead(1))
        .Thread("CPU", t => t.Unmap(0, 2));

    private static void Catches<T>(Func<IPrimaryMmu, T> attach, Func<RaceScenario, RaceScenario> scenario, Invariants expected)
        where T : class, ISecondaryDevice
    {
        RaceScenario correct = scenario(RaceScenario.Over(primary => new PageMirror(primary), mirror => mirror).Named("the page's own"));
        RaceCheck.Explore(correct).AssertExhausted();

        RaceScenario mistaken = scenario(RaceScenario.Over(attach, mirror => mirror).Named(typeof(T).Name));
        RaceViolation violation = RaceCheck.Explore(mistaken).AssertBroken(expected);
        Assert.NotEmpty(violation.Timeline.Rows);
        TestContext.Current.TestOutputHelper?.WriteLine(violation.ToString());
    }
}
