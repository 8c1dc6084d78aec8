namespace MmuNotifiers.Primary;

/// <summary>
/// Which areas become one when they lie side by side: Linux' rules. Families are compared while the map sequence is odd, so
/// that no fault adds a first page meanwhile.
/// </summary>
internal static class AreaMerging
{
    /// <summary>Whether an area that is new or was changed merges with its neighbour below.</summary>
    internal static bool WithLower(Area lower, Area area) =>
        lower.Range.End == area.Range.Start && AreAlike(lower, area) && ArePagesAlike(lower, area);

    /// <summary>Whether an area that is new or was changed merges with its neighbour above.</summary>
    internal static bool WithUpper(Area area, Area upper) =>
        area.Range.End == upper.Range.Start && AreAlike(area, upper) && ArePagesAlike(upper, area);

    /// <summary>
    /// Whether the neighbours of an area that merges with each of them also go together: what lies between may have no pages
    /// while they have, of different families.
    /// </summary>
    internal static bool Across(Area lower, Area upper) =>
        !lower.HasPrivatePages || !upper.HasPrivatePages || HaveSamePages(lower, upper);

    /// <summary>The union of areas that merge: with the pages of the one that has any.</summary>
    internal static Area Join(Area lower, Area upper)
    {
        Area owner = lower.HasPrivatePages || !upper.HasPrivatePages ? lower : upper;
        AddressRange range = new(lower.Range.Start, upper.Range.End);
        return new Area
        {
            Range = range,
            Rights = owner.Rights,
            Flags = owner.Flags,
            Handle = owner.Handle,
            PageOffset = lower.PageOffset,
            Family = owner.Family,
            Lineage = owner.Lineage,
        };
    }

    /// <summary>
    /// Whether an area that is about to get its first page takes its neighbour's family, so that the two may merge one day:
    /// if they differ in their rights at most, and the neighbour shares no pages with a parent.
    /// </summary>
    internal static bool SharesFamily(Area lower, Area upper, Area neighbour) =>
        lower.Range.End == upper.Range.Start
        && AreAlikeButRights(lower, upper)
        && neighbour.HasPrivatePages
        && neighbour.Lineage is null;

    /// <summary>Everything but addresses and pages.</summary>
    private static bool AreAlike(Area lower, Area upper) =>
        lower.Rights == upper.Rights && !lower.Has(AreaFlags.FrameMap) && AreAlikeButRights(lower, upper);

    private static bool AreAlikeButRights(Area lower, Area upper) =>
        lower.Flags == upper.Flags
        && ReferenceEquals(lower.Handle, upper.Handle)
        && lower.PageOffset + lower.Range.Pages == upper.PageOffset;

    /// <summary>
    /// Pages of one family go together. An area without pages goes with any, except with one that shares pages with a parent.
    /// </summary>
    private static bool ArePagesAlike(Area neighbour, Area area) => (neighbour.HasPrivatePages, area.HasPrivatePages) switch
    {
        (false, false) => true,
        (true, false) => neighbour.Lineage is null,
        (false, true) => area.Lineage is null,
        (true, true) => HaveSamePages(neighbour, area),
    };

    private static bool HaveSamePages(Area left, Area right) =>
        ReferenceEquals(left.Family, right.Family) && ReferenceEquals(left.Lineage, right.Lineage);
}
