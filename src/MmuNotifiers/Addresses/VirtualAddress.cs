using System.Globalization;

namespace MmuNotifiers;

/// <summary>An address in an address space, in bytes. Arithmetic wraps like the hardware's.</summary>
/// <param name="Value">The address as a number.</param>
public readonly record struct VirtualAddress(ulong Value) : IComparable<VirtualAddress>
{
    /// <summary>Address zero.</summary>
    public static VirtualAddress Zero => default;

    /// <summary>The number of the page that contains the address.</summary>
    public ulong PageNumber => Value >> Page.Shift;

    /// <summary>The offset in bytes within the page.</summary>
    public int PageOffset => (int)(Value & Page.OffsetMask);

    /// <summary>Whether the address is the first of a page.</summary>
    public bool IsPageAligned => (Value & Page.OffsetMask) == 0;

    /// <summary>The address of a page.</summary>
    /// <param name="pageNumber">The page's number: its address divided by the page size.</param>
    public static VirtualAddress OfPage(ulong pageNumber) => new(pageNumber << Page.Shift);

    /// <summary>The first address of the page that contains this one.</summary>
    public VirtualAddress AlignDown() => new(Value & ~Page.OffsetMask);

    /// <summary>This address if it is page aligned, otherwise the first of the next page; wraps at the top.</summary>
    public VirtualAddress AlignUp() => new((Value + Page.OffsetMask) & ~Page.OffsetMask);

    /// <inheritdoc/>
    public int CompareTo(VirtualAddress other) => Value.CompareTo(other.Value);

    /// <summary>The address in hexadecimal: <c>0x7f00001000</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"0x{Value:x}");

    /// <summary>The address <paramref name="bytes"/> further up.</summary>
    public static VirtualAddress operator +(VirtualAddress address, ulong bytes) => new(address.Value + bytes);

    /// <summary>The address <paramref name="bytes"/> further down.</summary>
    public static VirtualAddress operator -(VirtualAddress address, ulong bytes) => new(address.Value - bytes);

    /// <summary>The distance in bytes from <paramref name="right"/> up to <paramref name="left"/>.</summary>
    public static ulong operator -(VirtualAddress left, VirtualAddress right) => left.Value - right.Value;

    /// <summary>Whether <paramref name="left"/> lies below <paramref name="right"/>.</summary>
    public static bool operator <(VirtualAddress left, VirtualAddress right) => left.Value < right.Value;

    /// <summary>Whether <paramref name="left"/> lies above <paramref name="right"/>.</summary>
    public static bool operator >(VirtualAddress left, VirtualAddress right) => left.Value > right.Value;

    /// <summary>Whether <paramref name="left"/> lies below <paramref name="right"/> or is the same.</summary>
    public static bool operator <=(VirtualAddress left, VirtualAddress right) => left.Value <= right.Value;

    /// <summary>Whether <paramref name="left"/> lies above <paramref name="right"/> or is the same.</summary>
    public static bool operator >=(VirtualAddress left, VirtualAddress right) => left.Value >= right.Value;

    /// <summary>The address that lies <paramref name="bytes"/> further up.</summary>
    public static VirtualAddress Add(VirtualAddress address, ulong bytes) => address + bytes;

    /// <summary>The distance in bytes from <paramref name="right"/> up to <paramref name="left"/>.</summary>
    public static ulong Subtract(VirtualAddress left, VirtualAddress right) => left - right;
}
