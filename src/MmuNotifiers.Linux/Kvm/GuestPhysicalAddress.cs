using System.Globalization;

namespace MmuNotifiers.Linux.Kvm;

/// <summary>An address in a guest's physical memory, in bytes.</summary>
/// <param name="Value">The address as a number.</param>
public readonly record struct GuestPhysicalAddress(ulong Value) : IComparable<GuestPhysicalAddress>
{
    /// <summary>Whether the address is the first of a page.</summary>
    public bool IsPageAligned => (Value & Page.OffsetMask) == 0;

    /// <inheritdoc/>
    public int CompareTo(GuestPhysicalAddress other) => Value.CompareTo(other.Value);

    /// <summary>The address in hexadecimal.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"0x{Value:x}");

    /// <summary>The address <paramref name="bytes"/> further up.</summary>
    public static GuestPhysicalAddress operator +(GuestPhysicalAddress address, ulong bytes) => new(address.Value + bytes);

    /// <summary>The address that lies <paramref name="bytes"/> further up.</summary>
    public static GuestPhysicalAddress Add(GuestPhysicalAddress address, ulong bytes) => address + bytes;

    /// <summary>Whether <paramref name="left"/> lies below <paramref name="right"/>.</summary>
    public static bool operator <(GuestPhysicalAddress left, GuestPhysicalAddress right) => left.Value < right.Value;

    /// <summary>Whether <paramref name="left"/> lies above <paramref name="right"/>.</summary>
    public static bool operator >(GuestPhysicalAddress left, GuestPhysicalAddress right) => left.Value > right.Value;

    /// <summary>Whether <paramref name="left"/> lies below <paramref name="right"/> or is the same.</summary>
    public static bool operator <=(GuestPhysicalAddress left, GuestPhysicalAddress right) => left.Value <= right.Value;

    /// <summary>Whether <paramref name="left"/> lies above <paramref name="right"/> or is the same.</summary>
    public static bool operator >=(GuestPhysicalAddress left, GuestPhysicalAddress right) => left.Value >= right.Value;
}
