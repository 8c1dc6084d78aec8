using System.Numerics;

namespace MmuNotifiers.Secondary.Rdma;

/// <summary>A set of pages in one word: it may say yes for a page that was never added, and never no for one that was.</summary>
internal struct PageSketch
{
    private const int Bits = 64;

    private ulong _word;

    /// <summary>Adds a page.</summary>
    internal void Add(VirtualAddress page) => _word |= 1UL << (int)(page.PageNumber % Bits);

    /// <summary>Adds every page of a range.</summary>
    internal void Add(AddressRange range) => _word |= MaskOf(range);

    /// <summary>Whether a page of the range may have been added.</summary>
    internal readonly bool MayOverlap(AddressRange range) => (_word & MaskOf(range)) != 0;

    /// <summary>Forgets all pages.</summary>
    internal void Clear() => _word = 0;

    private static ulong MaskOf(AddressRange range)
    {
        ulong pages = range.Pages;
        return pages >= Bits
            ? ulong.MaxValue
            : BitOperations.RotateLeft((1UL << (int)pages) - 1, (int)(range.Start.PageNumber % Bits));
    }
}
