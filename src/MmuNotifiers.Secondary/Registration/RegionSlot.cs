namespace MmuNotifiers.Secondary.Registration;

/// <summary>What the directory says of one page: in which region it lies, and how much of that follows. 0 is a page in no region.</summary>
/// <remarks>
/// <code>
///   bits 63-22  pages from this one to the end of the region: at least 1
///   bits 21-20  what the region was registered for: loads, stores
///   bits 19-0   the region's index
/// </code>
/// </remarks>
internal readonly record struct RegionSlot(ulong Value)
{
    /// <summary>One more than the highest index.</summary>
    internal const int MaxIndexes = 1 << RightsShift;

    private const int RightsShift = 20;
    private const int PagesShift = 22;
    private const ulong RightsMask = (ulong)AccessRights.ReadWrite;

    internal static RegionSlot None => default;

    internal bool IsNone => Value == 0;

    internal int Index => (int)(Value & (MaxIndexes - 1));

    internal static RegionSlot Of(int index, AccessRights rights, ulong pagesToEnd) =>
        new((pagesToEnd << PagesShift) | (((ulong)rights & RightsMask) << RightsShift) | (uint)index);

    /// <summary>Whether the region has so many pages from this one on.</summary>
    internal bool Covers(ulong pages) => pages <= Value >> PagesShift;

    /// <summary>Whether the region was registered for an access.</summary>
    internal bool Allows(AccessRights access) => ((Value >> RightsShift) & (ulong)access) == (ulong)access;
}
