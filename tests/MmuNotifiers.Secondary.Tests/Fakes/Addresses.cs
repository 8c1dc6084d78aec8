namespace MmuNotifiers.Secondary.Tests;

/// <summary>Short names for addresses in tests.</summary>
internal static class Addresses
{
    internal static readonly VirtualAddress Base = new(0x7f00_0000_0000);

    /// <summary>The n-th page behind the base.</summary>
    internal static VirtualAddress At(int page, int offset = 0) => Base + (((ulong)page << Page.Shift) + (ulong)offset);

    internal static AddressRange Pages(int first, int count) => AddressRange.FromPages(At(first), (ulong)count);
}
