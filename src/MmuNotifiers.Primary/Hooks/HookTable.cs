namespace MmuNotifiers.Primary;

/// <summary>
/// Which hook sites of an address space call their subscribers, and when. The standard table calls all of them; others exist to
/// compare historical placements, and to show what goes wrong without one.
/// </summary>
public sealed class HookTable
{
    private readonly HookPlacement[] _placements;

    private HookTable(HookPlacement[] placements) => _placements = placements;

    /// <summary>Every site, as a current kernel does.</summary>
    public static HookTable Standard { get; } = new([.. Enum.GetValues<HookSite>().Select(_ => HookPlacement.Standard)]);

    /// <summary>When a site calls.</summary>
    public HookPlacement this[HookSite site] => _placements[(int)site];

    /// <summary>The same table with one site changed.</summary>
    public HookTable With(HookSite site, HookPlacement placement)
    {
        HookPlacement[] placements = [.. _placements];
        placements[(int)site] = placement;
        return new HookTable(placements);
    }

    /// <summary>The same table with one site silent.</summary>
    public HookTable Without(HookSite site) => With(site, HookPlacement.None);

    internal bool Has(HookSite site, HookPlacement placement) => (_placements[(int)site] & placement) != 0;
}
