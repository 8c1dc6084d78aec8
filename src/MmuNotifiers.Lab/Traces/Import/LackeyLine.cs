namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>One access in the text of lackey: <c>I  ADDRESS,SIZE</c>, <c> L ADDRESS,SIZE</c>, <c> S ADDRESS,SIZE</c> or <c> M ADDRESS,SIZE</c>.</summary>
/// <param name="Kinds">What was done: M loads and stores.</param>
/// <param name="Address">The first byte.</param>
/// <param name="SizeBytes">How many bytes.</param>
internal readonly record struct LackeyLine(PageAccessKinds Kinds, ulong Address, ulong SizeBytes)
{
    private const int Prefix = 3;

    /// <summary>No instruction accesses more at once.</summary>
    private const ulong SizeLimitBytes = 1 << 16;

    /// <summary>Reads a line; false for everything else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out LackeyLine line)
    {
        line = default;
        if (text.Length <= Prefix || text[2] != ' ')
        {
            return false;
        }

        PageAccessKinds kinds = (text[0], text[1]) switch
        {
            ('I', ' ') => PageAccessKinds.Execute,
            (' ', 'L') => PageAccessKinds.Read,
            (' ', 'S') => PageAccessKinds.Write,
            (' ', 'M') => PageAccessKinds.Read | PageAccessKinds.Write,
            _ => PageAccessKinds.None,
        };
        if (kinds == PageAccessKinds.None || !TryHex(text[Prefix..], out ulong address, out int digits))
        {
            return false;
        }

        ReadOnlySpan<char> rest = text[(Prefix + digits)..];
        if (rest.Length < 2 || rest[0] != ',' || !TryDecimal(rest[1..], out ulong size) || address + (size - 1) < address)
        {
            return false;
        }

        line = new LackeyLine(kinds, address, size);
        return true;
    }

    private static bool TryHex(ReadOnlySpan<char> text, out ulong value, out int digits)
    {
        value = 0;
        for (digits = 0; digits < text.Length; digits++)
        {
            int digit = char.IsAsciiDigit(text[digits]) ? text[digits] - '0' : (text[digits] | 0x20) - 'a' + 10;
            if (digit is < 0 or > 15 || (digit >= 10 && !char.IsAsciiLetter(text[digits])))
            {
                break;
            }

            value = (value << 4) | (uint)digit;
        }

        return digits is > 0 and <= 16;
    }

    private static bool TryDecimal(ReadOnlySpan<char> text, out ulong value)
    {
        value = 0;
        foreach (char digit in text)
        {
            if (!char.IsAsciiDigit(digit) || value > SizeLimitBytes)
            {
                return false;
            }

            value = (value * 10) + (ulong)(digit - '0');
        }

        return value is > 0 and <= SizeLimitBytes;
    }
}
