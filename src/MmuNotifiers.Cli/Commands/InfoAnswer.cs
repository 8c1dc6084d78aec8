using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Cli.Commands;

/// <summary>What <c>mmun info</c> answers.</summary>
/// <param name="File">The trace.</param>
/// <param name="LengthBytes">Its length.</param>
/// <param name="Header">What stands at its head.</param>
/// <param name="Footer">What stands at its end: the counts.</param>
internal sealed record InfoAnswer(string File, long LengthBytes, TraceHeader Header, TraceFooter Footer)
{
    /// <summary>How many pages are accessed; null where the trace holds no accesses.</summary>
    public int? AccessedPages { get; init; }

    /// <summary>How many of them there are at most at one time; null where the trace holds no accesses.</summary>
    public int? PeakPages { get; init; }
}
