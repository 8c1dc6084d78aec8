namespace MmuNotifiers.Primary;

/// <summary>Which family an area's first private page founds or joins.</summary>
public sealed partial class AddressSpace
{
    /// <summary>
    /// Called by a fault before it makes a private page: sees to it that the area has a family. Takes the map lock the first time
    /// for each area.
    /// </summary>
    /// <returns>False if the area left the tree: the fault starts over.</returns>
    private bool IsReadyFor(Area area, AccessRights access)
    {
        bool makesPage = (access & AccessRights.Write) != 0 && area.IsPrivate && !area.HasPrivatePages;
        if (!makesPage)
        {
            return true;
        }

        using MapLockScope held = LockMap();
        if (!ReferenceEquals(_areas.Find(area.Range.Start), area))
        {
            return false;
        }

        EnsureFamily(area);
        return true;
    }

    /// <summary>
    /// Gives an area without private pages a family for them (anon_vma_prepare): that of a neighbour it could merge with but for its
    /// rights, so that it will once these are equal, else one of its own. The map lock is held, the sequence even.
    /// </summary>
    private void EnsureFamily(Area area)
    {
        if (area.HasPrivatePages)
        {
            return;
        }

        AnonymousFamily family = FamilyBeside(area) ?? new AnonymousFamily();
        family.Attach(this, area);
        area.Join(family);
    }

    private AnonymousFamily? FamilyBeside(Area area)
    {
        if (UpperNeighbour(area) is { } upper && AreaMerging.SharesFamily(area, upper, upper))
        {
            return upper.Family;
        }

        return LowerNeighbour(area) is { } lower && AreaMerging.SharesFamily(lower, area, lower) ? lower.Family : null;
    }
}
