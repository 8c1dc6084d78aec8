using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Tests.Hooks;

public sealed class HookSiteTests
{
    public static TheoryData<HookSite> Sites => [.. Enum.GetValues<HookSite>()];

    /// <summary>Sites that call caches over the primary's own table: all that take something away from a pte.</summary>
    public static TheoryData<HookSite> FlushingSites =>
        [.. Enum.GetValues<HookSite>().Except([HookSite.Release, HookSite.Update, HookSite.ChangeProtection])];

    [Theory]
    [MemberData(nameof(Sites))]
    public void With_every_hook_no_translation_is_stale(HookSite site)
    {
        using HookScenario scenario = new(HookTable.Standard);
        scenario.Run(site);
        Assert.Empty(scenario.Missing(site));
    }

    [Theory]
    [MemberData(nameof(Sites))]
    public void Every_hook_site_that_is_left_out_is_noticed(HookSite site)
    {
        using HookScenario scenario = new(HookTable.Standard.Without(site));
        scenario.Run(site);
        Assert.NotEmpty(scenario.Missing(site));
    }

    [Theory]
    [MemberData(nameof(FlushingSites))]
    public void A_bracket_that_is_left_out_leaves_a_stale_copy_of_the_table(HookSite site)
    {
        using HookScenario scenario = new(HookTable.Standard.With(site, HookPlacement.UnderPageTableLock));
        scenario.Run(site);
        Assert.StartsWith("the bracket mirror", Assert.Single(scenario.Missing(site)), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(FlushingSites))]
    public void A_flush_under_the_lock_that_is_left_out_leaves_a_stale_cache_over_the_shared_table(HookSite site)
    {
        using HookScenario scenario = new(HookTable.Standard.With(site, HookPlacement.Bracket));
        scenario.Run(site);
        Assert.StartsWith("the mirror over the shared table", Assert.Single(scenario.Missing(site)), StringComparison.Ordinal);
    }
}
