using System.Globalization;

namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>Walks over one line from left to right. A try method that fails leaves the cursor where it was.</summary>
/// <param name="text">The line.</param>
internal ref struct TextCursor(ReadOnlySpan<char> text)
{
    public ReadOnlySpan<char> Rest { get; private set; } = text;

    public void SkipSpaces() => Rest = Rest.TrimStart(" \t");

    public bool TrySkip(ReadOnlySpan<char> prefix)
    {
        if (!Rest.StartsWith(prefix, StringComparison.Ordinal))
        {
            return false;
        }

        Rest = Rest[prefix.Length..];
        return true;
    }

    /// <summary>Takes everything up to a mark and skips the mark.</summary>
    public bool TryTakeUntil(ReadOnlySpan<char> mark, out ReadOnlySpan<char> taken)
    {
        int at = Rest.IndexOf(mark, StringComparison.Ordinal);
        taken = at < 0 ? [] : Rest[..at];
        if (at < 0)
        {
            return false;
        }

        Rest = Rest[(at + mark.Length)..];
        return true;
    }

    public bool TryInt32(out int value)
    {
        int length = Rest.StartsWith("-") ? 1 : 0;
        while (length < Rest.Length && char.IsAsciiDigit(Rest[length]))
        {
            length++;
        }

        if (!int.TryParse(Rest[..length], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
        {
            return false;
        }

        Rest = Rest[length..];
        return true;
    }

    public bool TryDecimal(out ulong value)
    {
        int length = 0;
        while (length < Rest.Length && char.IsAsciiDigit(Rest[length]))
        {
            length++;
        }

        if (!ulong.TryParse(Rest[..length], NumberStyles.None, CultureInfo.InvariantCulture, out value))
        {
            return false;
        }

        Rest = Rest[length..];
        return true;
    }

    /// <summary>Digits of base 16, without 0x.</summary>
    public bool TryHexDigits(out ulong value)
    {
        int length = 0;
        while (length < Rest.Length && char.IsAsciiHexDigit(Rest[length]))
        {
            length++;
        }

        if (!ulong.TryParse(Rest[..length], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value))
        {
            return false;
        }

        Rest = Rest[length..];
        return true;
    }

    /// <summary>0x and digits of base 16, or digits of base 10.</summary>
    public bool TryNumber(out ulong value)
    {
        TextCursor ahead = this;
        bool found = ahead.TrySkip("0x") ? ahead.TryHexDigits(out value) : ahead.TryDecimal(out value);
        if (found)
        {
            this = ahead;
        }

        return found;
    }

    /// <summary>Seconds with 1 to 9 digits behind the point.</summary>
    public bool TrySeconds(out long nanoseconds)
    {
        TextCursor ahead = this;
        nanoseconds = 0;
        if (!ahead.TryDecimal(out ulong seconds) || seconds > 9_000_000_000 || !ahead.TrySkip("."))
        {
            return false;
        }

        int before = ahead.Rest.Length;
        if (!ahead.TryDecimal(out ulong fraction) || before - ahead.Rest.Length > 9)
        {
            return false;
        }

        for (int digits = before - ahead.Rest.Length; digits < 9; digits++)
        {
            fraction *= 10;
        }

        nanoseconds = ((long)seconds * 1_000_000_000) + (long)fraction;
        this = ahead;
        return true;
    }
}
