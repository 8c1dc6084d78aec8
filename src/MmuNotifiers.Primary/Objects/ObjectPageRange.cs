namespace MmuNotifiers.Primary;

/// <summary>Pages that an object lost.</summary>
internal readonly record struct ObjectPageRange(MemoryObject Target, ulong FirstPage, ulong Pages, ObjectUnmapScope Scope)
{
    /// <summary>The addresses of a linear area that show those pages; empty if it shows none.</summary>
    internal AddressRange LinearRangeIn(Area area)
    {
        ulong first = Math.Max(FirstPage, area.PageOffset);
        ulong end = Math.Min(unchecked(FirstPage + Pages) < FirstPage ? ulong.MaxValue : FirstPage + Pages, area.PageOffset + area.Range.Pages);
        if (first >= end)
        {
            return default;
        }

        VirtualAddress start = area.Range.Start + ((first - area.PageOffset) << Page.Shift);
        return AddressRange.FromPages(start, end - first);
    }

    /// <summary>
    /// Whether a present pte of an area of the object shows one of those pages, or a private copy of one that must go too. A page may have
    /// left the object before its pte goes: then it has no owner any more, but its number still.
    /// </summary>
    internal bool Contains(FrameTable frames, Pte pte, ulong linearPageOffset)
    {
        if (pte.IsSpecial)
        {
            return false;
        }

        return frames.Has(pte.Frame, FrameFlags.Anonymous)
            ? Scope == ObjectUnmapScope.PrivateCopiesToo && linearPageOffset - FirstPage < Pages
            : frames.Owner(pte.Frame) is var owner && (owner is null || ReferenceEquals(owner, Target)) && frames.Index(pte.Frame) - FirstPage < Pages;
    }
}
