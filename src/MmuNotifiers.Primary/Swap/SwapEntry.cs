using System.Globalization;

namespace MmuNotifiers.Primary;

/// <summary>
/// Where an evicted page lies: a swap area and a slot of its store. Fits the payload of a pte. The default value is slot 0 of area 0.
/// </summary>
internal readonly record struct SwapEntry
{
    /// <summary>How many slots an area can have: 44 bits, which with the 8 of the area are the payload of a pte.</summary>
    internal const long MaxSlots = 1L << SlotBits;

    /// <summary>How many areas a pool can have.</summary>
    internal const int MaxAreas = 1 << 8;

    private const int SlotBits = 44;

    private SwapEntry(ulong value) => Value = value;

    /// <summary>Names a slot; both numbers are in range.</summary>
    internal SwapEntry(int area, long slot)
        : this(((ulong)area << SlotBits) | (ulong)slot)
    {
    }

    /// <summary>The entry as one number of 52 bits.</summary>
    internal ulong Value { get; }

    /// <summary>The number of the area.</summary>
    internal int Area => (int)(Value >> SlotBits);

    /// <summary>The slot in the area's store.</summary>
    internal long Slot => (long)(Value & (MaxSlots - 1));

    /// <summary>The entry with this number.</summary>
    internal static SwapEntry Of(ulong value) => new(value);

    /// <summary>For messages: <c>swap 0:17</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"swap {Area}:{Slot}");
}
