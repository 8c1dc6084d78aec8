namespace MmuNotifiers;

/// <summary>The geometry of a page: the unit in which translations are made, 4 KiB as on x86-64.</summary>
public static class Page
{
    /// <summary>Base-2 logarithm of the page size.</summary>
    public const int Shift = 12;

    /// <summary>Size of a page in bytes.</summary>
    public const int SizeBytes = 1 << Shift;

    /// <summary>The bits of an address that lie below the page number.</summary>
    public const ulong OffsetMask = SizeBytes - 1;

    /// <summary>The number of pages that <paramref name="bytes"/> bytes take, rounded up.</summary>
    /// <param name="bytes">A length in bytes, at most <see cref="ulong.MaxValue"/> minus one page.</param>
    public static ulong Count(ulong bytes) => (bytes >> Shift) + ((bytes & OffsetMask) != 0 ? 1UL : 0UL);
}
