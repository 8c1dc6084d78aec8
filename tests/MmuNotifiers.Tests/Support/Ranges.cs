namespace MmuNotifiers.Tests.Support;

internal static class Ranges
{
    /// <summary>Pages from <paramref name="first"/>, <paramref name="count"/> of them.</summary>
    internal static AddressRange Pages(ulong first, ulong count = 1) => AddressRange.FromPages(VirtualAddress.OfPage(first), count);

    /// <summary>An unmapping of these pages.</summary>
    internal static InvalidationRange Unmap(ulong first, ulong count = 1) => new(Pages(first, count), InvalidationEvent.Unmap);
}
