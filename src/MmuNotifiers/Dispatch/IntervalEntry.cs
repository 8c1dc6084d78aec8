using System.Runtime.CompilerServices;

namespace MmuNotifiers;

/// <summary>A subscription in an <see cref="IntervalNode"/>, with its ends at hand so that a miss touches no other memory.</summary>
/// <param name="First">The first address of the interval.</param>
/// <param name="Last">The last address of the interval.</param>
/// <param name="Subscription">Whose interval it is.</param>
internal readonly record struct IntervalEntry(ulong First, ulong Last, IntervalSubscription Subscription)
{
    internal static IntervalEntry Of(IntervalSubscription subscription) =>
        new(subscription.Range.Start.Value, subscription.Range.End.Value - 1, subscription);

    /// <summary>Whether the interval shares an address with the given ones, both ends included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool Overlaps(ulong first, ulong last) => First <= last && first <= Last;

    /// <summary>The index of the next entry that shares an address with the given ones, or the length. Kept apart so that the loop stays in registers.</summary>
    internal static int FindOverlap(IntervalEntry[] entries, int from, ulong first, ulong last)
    {
        int i = from;
        for (; i < entries.Length; i++)
        {
            ref readonly IntervalEntry entry = ref entries[i];
            if (entry.First <= last && first <= entry.Last)
            {
                break;
            }
        }

        return i;
    }

    /// <summary>
    /// The finest level on which the interval spans few enough slots to be entered in each: the shift of the slot size. Levels are
    /// six bits apart, from pages upward; above <see cref="IntervalNode.TopShift"/> the interval is too wide for any.
    /// </summary>
    internal int NaturalShift()
    {
        int shift = IntervalNode.PageShift;
        while (shift <= IntervalNode.TopShift && (Last >> shift) - (First >> shift) >= IntervalNode.MaximumSpan)
        {
            shift += IntervalNode.LevelBits;
        }

        return shift;
    }
}
