using System.Numerics;

namespace MmuNotifiers;

/// <summary>
/// What reclaim asks of many pages at once: which pages of a range it wants to know about, and where to note those that were used. Pages
/// are numbered from 0, the first of the range. Valid during the call that it is handed to.
/// </summary>
/// <remarks>
/// Two bitmaps of the caller's, one bit for each page from the lowest of the first word on: the question is read, the answer is only ever added to, so
/// that one query can go from one subscriber to the next and answers are OR-ed.
/// </remarks>
public readonly ref struct AgeQuery
{
    private const int WordBits = 64;

    private readonly ReadOnlySpan<ulong> _asked;
    private readonly Span<ulong> _young;

    /// <summary>The bit of page 0.</summary>
    private readonly int _firstBit;

    /// <summary>Asks about pages of a range.</summary>
    /// <param name="range">The pages, page aligned.</param>
    /// <param name="asked">One bit for each page that is asked about.</param>
    /// <param name="young">Where the bits of pages that were used are set; as long as <paramref name="asked"/>.</param>
    /// <exception cref="ArgumentException">The range is not page aligned, or a bitmap is too short for its pages.</exception>
    public AgeQuery(AddressRange range, ReadOnlySpan<ulong> asked, Span<ulong> young)
    {
        ulong words = (range.Pages + WordBits - 1) / WordBits;
        if (!range.IsPageAligned || (ulong)asked.Length < words || (ulong)young.Length < words)
        {
            throw new ArgumentException(
                $"The range {range} must be page aligned, and the bitmaps (0x{asked.Length:x} and 0x{young.Length:x} words) as long as its 0x{range.Pages:x} pages ask for.",
                nameof(range));
        }

        Range = range;
        _asked = asked;
        _young = young;
    }

    private AgeQuery(AddressRange range, ReadOnlySpan<ulong> asked, Span<ulong> young, int firstBit)
    {
        Range = range;
        _asked = asked;
        _young = young;
        _firstBit = firstBit;
    }

    /// <summary>The pages that may be asked about.</summary>
    public AddressRange Range { get; }

    /// <summary>How many pages the range has.</summary>
    public int Pages => (int)Range.Pages;

    /// <summary>The first address of a page.</summary>
    public VirtualAddress AddressOf(int page) => Range.Start + ((ulong)page << Page.Shift);

    /// <summary>The first page from a page on that is asked about; <see cref="Pages"/> if there is none. Made for loops.</summary>
    public int NextAsked(int page)
    {
        int pages = Pages;
        while (page < pages)
        {
            int bit = _firstBit + page;
            ulong rest = _asked[bit / WordBits] >> (bit % WordBits);
            if (rest != 0)
            {
                return Math.Min(page + BitOperations.TrailingZeroCount(rest), pages);
            }

            page += WordBits - (bit % WordBits);
        }

        return pages;
    }

    /// <summary>Answers that a page was used.</summary>
    public void MarkYoung(int page)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)page, (uint)Pages, nameof(page));
        int bit = _firstBit + page;
        _young[bit / WordBits] |= 1UL << (bit % WordBits);
    }

    /// <summary>The same question about a part of the range; answers go to the same place. A part that lies outside is left out.</summary>
    public AgeQuery Within(AddressRange part)
    {
        AddressRange inside = Range.Intersect(part);
        int before = inside.IsEmpty ? 0 : (int)((inside.Start - Range.Start) >> Page.Shift);
        return new AgeQuery(inside, _asked, _young, _firstBit + before);
    }
}
