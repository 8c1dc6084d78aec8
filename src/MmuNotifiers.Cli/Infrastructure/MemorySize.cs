using System.Globalization;

namespace MmuNotifiers.Cli.Infrastructure;

/// <summary>Sizes of memory as the command line gives them: <c>65536</c>, <c>64M</c>, <c>64MiB</c>.</summary>
internal static class MemorySize
{
    private static readonly (string Unit, int Shift)[] Units = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("K", 10), ("M", 20), ("G", 30), (string.Empty, 0)];

    /// <summary>Reads a size.</summary>
    /// <returns>Bytes; null if it is none, or more than 2^62.</returns>
    public static long? TryParse(string text)
    {
        (string unit, int shift) = Units.First(item => text.EndsWith(item.Unit, StringComparison.Ordinal));
        return long.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            && number <= 1L << (62 - shift)
            ? number << shift
            : null;
    }
}
