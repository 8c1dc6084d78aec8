namespace MmuNotifiers.Primary;

/// <summary>Which family an area's first private page founds or joins.</summary>
public sealed partial class AddressSpace
{
    /// <summary>
    /// Called by a fault before it makes a private page: sees to it that the area's family has pages from now on. Takes the
    /// map lock the first time for each area.
    /// </summary>
    /// <returns>False if the area was replaced: the fault starts over.</returns>
    private bool IsReadyFor(Area area, AccessRights access)
    {
        bool makesPage = (access & AccessRights.Write) != 0 && area.Family is { HasPages: false };
        if (!makesPage)
        {
            return true;
        }

        using MapLockScope held = LockMap();
        return ReferenceEquals(_areas.Find(area.Range.Start), area) && ReferenceEquals(WithFamily(area), area);
    }

    /// <summary>
    /// Gives an area a family that has pages (anon_vma_prepare): that of a neighbour it could merge with but for its rights, so
    /// that it will once these are equal, else its own. The map lock is held, the sequence even.
    /// </summary>
    /// <returns>The area, which was replaced if it took a neighbour's family.</returns>
    private Area WithFamily(Area area)
    {
        if (area.Family is not { HasPages: false } own)
        {
            return area;
        }

        AnonymousFamily? other = null;
        if (UpperNeighbour(area) is { } upper && AreaMerging.SharesFamily(area, upper, upper))
        {
            other = upper.Family;
        }
        else if (LowerNeighbour(area) is { } lower && AreaMerging.SharesFamily(lower, area, lower))
        {
            other = lower.Family;
        }

        if (other is null)
        {
            own.MarkHasPages();
            return area;
        }

        Area adopted = new()
        {
            Range = area.Range,
            Rights = area.Rights,
            Flags = area.Flags,
            Handle = area.Handle,
            PageOffset = area.PageOffset,
            Family = other,
        };
        BeginMapChange();
        ReplaceArea(area, adopted);
        EndMapChange();
        return adopted;
    }
}
