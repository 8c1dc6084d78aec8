using System.Globalization;

namespace MmuNotifiers.Secondary.Kvm;

/// <summary>An address in a guest's physical memory, in bytes.</summary>
/// <param name="Value">The address as a number.</param>
public readonly record struct GuestAddress(ulong Value)
{
    /// <summary>The guest frame that contains the address.</summary>
    public GuestFrameNumber FrameNumber => new(Value >> Page.Shift);

    /// <summary>The offset in bytes within the page.</summary>
    public int PageOffset => (int)(Value & Page.OffsetMask);

    /// <summary>The address in hexadecimal: <c>gpa 0x1000</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"gpa 0x{Value:x}");

    /// <summary>The address <paramref name="bytes"/> further up.</summary>
    public static GuestAddress operator +(GuestAddress address, ulong bytes) => new(address.Value + bytes);

    /// <summary>The address <paramref name="bytes"/> further up.</summary>
    public static GuestAddress Add(GuestAddress address, ulong bytes) => address + bytes;
}
