using System.Runtime.CompilerServices;

namespace MmuNotifiers.Primary;

/// <summary>
/// How many pages of each kind some ptes stand for, as one word, so that a pte is counted by one addition: four numbers of 16 bits, each of
/// which holds what one leaf table has.
/// </summary>
internal readonly record struct PageCounts(long Bits)
{
    private const int ObjectsShift = 16;
    private const int SwappedShift = 32;
    private const long Mask = 0xFFFF;

    /// <summary>A private page.</summary>
    internal static PageCounts OneAnonymous => new(1);

    /// <summary>Private pages that are mapped, or a device's own.</summary>
    internal int Anonymous => (int)(Bits & Mask);

    /// <summary>Pages of objects that are mapped.</summary>
    internal int Objects => (int)((Bits >> ObjectsShift) & Mask);

    /// <summary>Private pages that were evicted.</summary>
    internal int Swapped => (int)((Bits >> SwappedShift) & Mask);

    /// <summary>What one pte stands for; the zero page and frames that belong to nobody count as nothing.</summary>
    internal static PageCounts Of(Pte pte)
    {
        if (pte.HoldsFrame)
        {
            return new PageCounts(pte.IsSpecial ? 0 : pte.IsObject ? 1L << ObjectsShift : 1);
        }

        return new PageCounts(pte.Kind == PteKind.Swap ? 1L << SwappedShift : 0);
    }

    /// <summary>Whether two ptes count as the same: as a rule those of which one only has more rights or bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool AreAlike(Pte one, Pte other) =>
        one.IsPresent && other.IsPresent && one.IsObject == other.IsObject && one.IsSpecial == other.IsSpecial;

    /// <summary>Counts one pte instead of another.</summary>
    internal PageCounts Replaced(Pte old, Pte pte) => new(Bits + Of(pte).Bits - Of(old).Bits);

    /// <summary>Counts private pages beside what is counted.</summary>
    internal PageCounts PlusAnonymous(int pages) => new(Bits + pages);
}
