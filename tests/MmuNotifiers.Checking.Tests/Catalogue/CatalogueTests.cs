using MmuNotifiers.Lab.Checking;
using MmuNotifiers.Lab.Checking.Catalogue;
using MmuNotifiers.Lab.Checking.Catalogue.Secondaries;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Checking.Tests.Catalogue;

public sealed class CatalogueTests
{
    private static readonly CatalogueOptions Options = new() { MaxTime = TimeSpan.FromSeconds(120), Shrink = false };

    public static TheoryData<string> Scenarios => [.. BugCatalogue.All.Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void A_bug_is_found_with_the_right_invariant_and_its_correct_twin_passes(string name)
    {
        CatalogueResult result = new CatalogueRunner(Options).Run(Assert.Single(BugCatalogue.All, entry => entry.Name == name));
        Assert.True(result.Found, $"expected {result.Expected}, got {result.Invariant ?? "nothing"}: {result.Sentence}");
        Assert.True(result.Twin.Passed, result.Twin.Violation ?? result.Twin.Bound);
        Assert.True(result.Twin.Exhausted, result.Twin.Bound);
        Assert.NotNull(result.Timeline);
        Assert.NotNull(result.Schedule);
    }

    [Fact]
    public void Every_bug_of_the_field_is_there()
    {
        string[] known =
        [
            "B1", "B2", "B3", "B4", "B6", "B7", "B8", "B9", "B10", "B11", "B12", "B14", "B15", "B18", "B19", "B21", "B23", "B24", "B25", "B27", "B28", "B30",
        ];
        Assert.Equal(known, BugCatalogue.All.Where(entry => entry.Kind == CatalogueKind.Bug).Select(entry => entry.Bug).Distinct());
    }

    [Fact]
    public void Every_hook_site_is_left_out_once()
    {
        IEnumerable<string> sites = BugCatalogue.All.Where(entry => entry.Name.StartsWith("M-hook-", StringComparison.Ordinal)).Select(entry => entry.Name[7..]);
        Assert.Equal(Enum.GetNames<HookSite>(), sites);
    }

    [Fact]
    public void Names_are_unique_and_found_in_either_case()
    {
        Assert.Equal(BugCatalogue.All.Length, BugCatalogue.All.Select(entry => entry.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.Equal(["B7-count-only"], BugCatalogue.Find("b7-COUNT-only").Select(entry => entry.Name));
        Assert.Equal(4, BugCatalogue.Find("b7").Length);
        Assert.Equal(["B1"], BugCatalogue.Find("B1").Select(entry => entry.Name));
        Assert.Empty(BugCatalogue.Find("B"));
    }

    [Fact]
    public void A_missing_fence_is_harmless_on_a_machine_without_store_buffers() =>
        RaceCheck.Explore(Small.Over(static primary => new UnfencedMirror(primary)).UnmapAgainstFault()).AssertExhausted();

    [Fact]
    public void A_bug_is_found_again_by_its_schedule()
    {
        CatalogueEntry entry = Assert.Single(BugCatalogue.Find("B7-count-only"));
        RaceViolation found = RaceCheck.Explore(entry.Broken, new RaceCheckOptions { Shrink = false }).AssertBroken(entry.Expected);
        RaceViolation again = RaceCheck.Explore(entry.Broken, new RaceCheckOptions { Replay = found.Schedule }).AssertBroken(entry.Expected);
        Assert.Equal(found.Sentence, again.Sentence);
    }

    [Fact]
    public void A_catalogue_with_a_missed_bug_and_a_failing_twin_says_so()
    {
        CatalogueEntry entry = Assert.Single(BugCatalogue.Find("B1"));
        CatalogueReport report = new CatalogueRunner(Options).Run(
            [entry with { Broken = entry.Twin, Twin = entry.Broken }], cancelled: TestContext.Current.CancellationToken);
        Assert.Equal((0, 1, 1), (report.Found, report.Missed, report.TwinsFailed));
        CatalogueResult result = Assert.Single(report.Scenarios);
        Assert.Null(result.Invariant);
        Assert.True(result.Exhausted);
        Assert.StartsWith("I", result.Twin.Violation, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bug_found_with_another_invariant_counts_as_missed()
    {
        CatalogueEntry entry = Assert.Single(BugCatalogue.Find("B1"));
        CatalogueResult result = new CatalogueRunner(Options).Run(entry with { Expected = Invariants.DirtyLost });
        Assert.False(result.Found);
        Assert.NotNull(result.Invariant);
    }
}
