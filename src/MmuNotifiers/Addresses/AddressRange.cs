namespace MmuNotifiers;

/// <summary>
/// A half-open range of addresses: <see cref="Start"/> belongs to it, <see cref="End"/> does not.
/// The whole address space is <see cref="All"/>, whose end is the highest address.
/// </summary>
public readonly record struct AddressRange
{
    /// <summary>Makes a range from its first address and the first address behind it.</summary>
    /// <param name="start">The first address.</param>
    /// <param name="end">The first address behind the range; not below <paramref name="start"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="end"/> lies below <paramref name="start"/>.</exception>
    public AddressRange(VirtualAddress start, VirtualAddress end)
    {
        if (end < start)
        {
            ThrowEndBelowStart(start, end);
        }

        Start = start;
        End = end;
    }

    /// <summary>Every address: what a release invalidates.</summary>
    public static AddressRange All => new(VirtualAddress.Zero, new VirtualAddress(ulong.MaxValue));

    /// <summary>The first address.</summary>
    public VirtualAddress Start { get; }

    /// <summary>The first address behind the range.</summary>
    public VirtualAddress End { get; }

    /// <summary>The length in bytes.</summary>
    public ulong LengthBytes => End.Value - Start.Value;

    /// <summary>How many pages the range touches.</summary>
    public ulong Pages => IsEmpty ? 0 : ((End.Value - 1) >> Page.Shift) - Start.PageNumber + 1;

    /// <summary>Whether the range contains no address.</summary>
    public bool IsEmpty => Start == End;

    /// <summary>Whether both ends are page aligned.</summary>
    public bool IsPageAligned => Start.IsPageAligned && End.IsPageAligned;

    /// <summary>A range of <paramref name="lengthBytes"/> bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range would pass the highest address.</exception>
    public static AddressRange FromLength(VirtualAddress start, ulong lengthBytes)
    {
        ulong end = unchecked(start.Value + lengthBytes);
        return new AddressRange(start, new VirtualAddress(end));
    }

    /// <summary>A range of <paramref name="pages"/> pages from a page's first address.</summary>
    public static AddressRange FromPages(VirtualAddress start, ulong pages) => FromLength(start, pages << Page.Shift);

    /// <summary>The one page that contains <paramref name="address"/>.</summary>
    public static AddressRange OfPage(VirtualAddress address) => FromLength(address.AlignDown(), Page.SizeBytes);

    /// <summary>Whether <paramref name="address"/> lies inside.</summary>
    public bool Contains(VirtualAddress address) => address.Value - Start.Value < LengthBytes;

    /// <summary>Whether all of <paramref name="other"/> lies inside; an empty range lies in every range.</summary>
    public bool Contains(AddressRange other) => other.IsEmpty || (Start <= other.Start && other.End <= End);

    /// <summary>Whether the two ranges share an address.</summary>
    public bool Overlaps(AddressRange other) => Start < other.End && other.Start < End && !IsEmpty && !other.IsEmpty;

    /// <summary>The addresses that both ranges contain; empty when there are none.</summary>
    public AddressRange Intersect(AddressRange other)
    {
        VirtualAddress start = Start > other.Start ? Start : other.Start;
        VirtualAddress end = End < other.End ? End : other.End;
        return start < end ? new AddressRange(start, end) : default;
    }

    /// <summary>The smallest range that contains both.</summary>
    public AddressRange Span(AddressRange other)
    {
        if (IsEmpty)
        {
            return other;
        }

        return other.IsEmpty
            ? this
            : new AddressRange(Start < other.Start ? Start : other.Start, End > other.End ? End : other.End);
    }

    /// <summary>The smallest page-aligned range that contains this one; its end saturates at the top page.</summary>
    public AddressRange AlignOutward()
    {
        VirtualAddress end = End.AlignUp();
        return new AddressRange(Start.AlignDown(), end < End ? new VirtualAddress(~Page.OffsetMask) : end);
    }

    /// <summary>The range in hexadecimal, half open: <c>[0x1000, 0x3000)</c>.</summary>
    public override string ToString() => $"[{Start}, {End})";

    private static void ThrowEndBelowStart(VirtualAddress start, VirtualAddress end) =>
        throw new ArgumentOutOfRangeException(nameof(end), $"A range must not end below its start: start {start}, end {end}.");
}
