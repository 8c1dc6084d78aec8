namespace MmuNotifiers.Primary;

/// <summary>
/// Which hook sites of an address space call their subscribers, and when. The standard table calls all of them; others exist to
/// compare historical placements, and to show what goes wrong without one.
/// </summary>
public sealed class HookTable
{
    /// <summary>Caches over the table are flushed in every table: where brackets lie is a question for those who copy it.</summary>
    private const HookPlacement Flush = HookPlacement.UnderPageTableLock;

    private readonly HookPlacement[] _placements;

    private HookTable(HookPlacement[] placements)
    {
        _placements = placements;
        TellsUnderLock = placements.Any(static placement => (placement & HookPlacement.BracketUnderPageTableLock) != 0);
        IsLate = placements.Any(static placement => (placement & (HookPlacement.AfterChange | HookPlacement.AfterFree)) != 0);
    }

    /// <summary>Every site, as a current kernel does: brackets, and caches over the table flushed under its lock (v7 and what was merged).</summary>
    public static HookTable Standard { get; } = Of(static _ => HookPlacement.Standard);

    /// <summary>
    /// mmu notifiers #v2 of January 2008: a page is told of under the page-table lock, when its entry is cleared; a range without a lock,
    /// when its pages may be free. Neither fork nor mprotect is told of, and nothing is prefetched.
    /// </summary>
    public static HookTable Version2 { get; } = Of(static site => site switch
    {
        HookSite.Unmap or HookSite.Discard or HookSite.Guard or HookSite.ObjectUnmap => Flush | HookPlacement.AfterFree,
        HookSite.RemapFrames or HookSite.ApplyToPageRange => Flush | HookPlacement.AfterChange,
        HookSite.Release => Flush | HookPlacement.AfterFree,
        HookSite.Fork or HookSite.Protect => Flush,
        HookSite.Update or HookSite.ChangeProtection => HookPlacement.None,
        _ => Flush | HookPlacement.BracketUnderPageTableLock,
    });

    /// <summary>
    /// #v2 as a subscriber that pins may rely on it: mprotect is told of as well, under the page-table lock. Pins keep a frame what it was,
    /// and make fork copy it; rights that mprotect takes away they cannot give back.
    /// </summary>
    public static HookTable Version2ForPins { get; } =
        Version2.With(HookSite.Protect, Flush | HookPlacement.BracketUnderPageTableLock);

    /// <summary>mmu notifiers v5: every site tells under the page-table lock; the release comes first. Nothing is prefetched.</summary>
    public static HookTable Version5 { get; } = Of(static site => site switch
    {
        HookSite.Release => HookPlacement.Standard,
        HookSite.Update or HookSite.ChangeProtection => HookPlacement.None,
        _ => Flush | HookPlacement.BracketUnderPageTableLock,
    });

    /// <summary>
    /// IOPROC of April 2005, as its sites were placed: fork is not told of, nor is apply_to_page_range.
    /// </summary>
    public static HookTable HistoricalIoproc { get; } = Standard.With(HookSite.Fork, Flush).With(HookSite.ApplyToPageRange, Flush);

    /// <summary>Whether some site tells under the page-table lock.</summary>
    internal bool TellsUnderLock { get; }

    /// <summary>Whether some site tells only after its change.</summary>
    internal bool IsLate { get; }

    /// <summary>When a site calls.</summary>
    public HookPlacement this[HookSite site] => _placements[(int)site];

    /// <summary>The same table with one site changed.</summary>
    /// <exception cref="ArgumentException">
    /// The site cannot tell after its change: it came after the tables that did, or tells of nothing that goes.
    /// </exception>
    public HookTable With(HookSite site, HookPlacement placement)
    {
        bool isLate = (placement & (HookPlacement.AfterChange | HookPlacement.AfterFree)) != 0;
        if (isLate && !CanBeLate(site))
        {
            throw new ArgumentException($"{site} cannot be placed {placement}.", nameof(placement));
        }

        HookPlacement[] placements = [.. _placements];
        placements[(int)site] = placement;
        return new HookTable(placements);
    }

    /// <summary>The same table with one site silent.</summary>
    public HookTable Without(HookSite site) => With(site, HookPlacement.None);

    internal bool Has(HookSite site, HookPlacement placement) => (_placements[(int)site] & placement) != 0;

    private static bool CanBeLate(HookSite site) =>
        site is HookSite.SoftDirty or HookSite.Merge or HookSite.SwapOut or (<= HookSite.Migrate and not HookSite.Update and not HookSite.ChangeProtection);

    private static HookTable Of(Func<HookSite, HookPlacement> placement) => new([.. Enum.GetValues<HookSite>().Select(placement)]);
}
