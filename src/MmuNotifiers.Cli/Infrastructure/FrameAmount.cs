using System.Globalization;

namespace MmuNotifiers.Cli.Infrastructure;

/// <summary>A number of frames as the command line gives it: pages, or a part of a recording's peak.</summary>
internal readonly record struct FrameAmount
{
    private const long MostPages = int.MaxValue;
    private const double MostPercent = 1000;

    private FrameAmount(long pages, double percent)
    {
        Pages = pages;
        Percent = percent;
    }

    /// <summary>The pages; 0 if it is a part.</summary>
    private long Pages { get; }

    private double Percent { get; }

    /// <summary>Reads <c>4096</c> or <c>10%</c>.</summary>
    /// <exception cref="CommandException">It is neither.</exception>
    public static FrameAmount Parse(string text)
    {
        if (text.EndsWith('%')
            && double.TryParse(text.AsSpan()[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double percent)
            && percent is > 0 and <= MostPercent)
        {
            return new FrameAmount(0, percent);
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long pages) && pages is >= 1 and < MostPages
            ? new FrameAmount(pages, 0)
            : throw new CommandException(
                ExitCode.WrongUse, $"--frames {text}: expected a number of pages from 1 on, or a part of the recording's peak such as 10%");
    }

    /// <summary>The pages, where the peak is known; never none.</summary>
    public long Of(long peakPages) => Pages > 0 ? Pages : Math.Clamp((long)Math.Ceiling(peakPages * Percent / 100), 1, MostPages - 1);
}
