using System.Globalization;

namespace MmuNotifiers.Lab.Conformance;

/// <summary>
/// A number of a conformance case: an address relative to the window, a length, an offset. Plain numbers count pages;
/// <c>"2p+100b"</c> is two pages and a hundred bytes. Arithmetic wraps at 2^64, so that <c>"-1b"</c> is the highest length.
/// </summary>
/// <param name="Bytes">The value in bytes.</param>
/// <param name="IsPlain">Whether it was written as a plain number.</param>
internal readonly record struct ByteAmount(ulong Bytes, bool IsPlain = false)
{
    /// <summary>Numbers that are nearer to 2^64 than this are written with a sign; the heap lies so far below the window.</summary>
    private const long MostNegativeBytes = 1L << 46;

    /// <summary>A number of pages, written plainly.</summary>
    public static ByteAmount OfPages(long pages) => new(unchecked((ulong)pages << Page.Shift), IsPlain: true);

    /// <summary>The value as a plain number: pages, as it stands in the file.</summary>
    public ulong PlainNumber => unchecked((ulong)((long)Bytes >> Page.Shift));

    /// <summary>Reads a sum of terms: a sign, a number (decimal, or hexadecimal after 0x), and p for pages or b for bytes.</summary>
    public static bool TryParse(string text, out ByteAmount amount)
    {
        ArgumentNullException.ThrowIfNull(text);
        ulong sum = 0;
        int position = 0;
        while (position < text.Length)
        {
            if (!TryParseTerm(text, ref position, out ulong term))
            {
                amount = default;
                return false;
            }

            sum = unchecked(sum + term);
        }

        amount = new ByteAmount(sum);
        return text.Length > 0;
    }

    /// <summary>The number in the form of the file; a small negative one with its sign.</summary>
    public override string ToString()
    {
        long value = unchecked((long)Bytes);
        if (value < 0 && value > -MostNegativeBytes)
        {
            return (Bytes & Page.OffsetMask) == 0
                ? string.Create(CultureInfo.InvariantCulture, $"-{-value >> Page.Shift}p")
                : string.Create(CultureInfo.InvariantCulture, $"-{-value}b");
        }

        ulong pages = Bytes >> Page.Shift;
        ulong rest = Bytes & Page.OffsetMask;
        return (pages, rest) switch
        {
            (_, 0) => string.Create(CultureInfo.InvariantCulture, $"{pages}p"),
            (0, _) => string.Create(CultureInfo.InvariantCulture, $"{rest}b"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{pages}p+{rest}b"),
        };
    }

    private static bool TryParseTerm(string text, ref int position, out ulong term)
    {
        bool isNegative = text[position] == '-';
        if (text[position] is '-' or '+')
        {
            position++;
        }

        bool isHexadecimal = text.AsSpan(position).StartsWith("0x", StringComparison.Ordinal);
        int start = isHexadecimal ? position + 2 : position;
        int end = start;
        while (end < text.Length && text[end] is not ('p' or '+' or '-') && (text[end] != 'b' || (isHexadecimal && !IsUnit(text, end))))
        {
            end++;
        }

        NumberStyles style = isHexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.None;
        if (end >= text.Length || text[end] is '+' or '-' || !ulong.TryParse(text.AsSpan(start, end - start), style, CultureInfo.InvariantCulture, out term))
        {
            term = 0;
            return false;
        }

        term = text[end] == 'p' ? term << Page.Shift : term;
        term = isNegative ? unchecked(0 - term) : term;
        position = end + 1;
        return true;
    }

    /// <summary>Whether a b behind a hexadecimal number ends it: it is the last character or a sign follows.</summary>
    private static bool IsUnit(string text, int position) => position + 1 == text.Length || text[position + 1] is '+' or '-';
}
