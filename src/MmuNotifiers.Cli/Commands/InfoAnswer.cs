using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Cli.Commands;

/// <summary>What <c>mmun info</c> answers.</summary>
/// <param name="File">The trace.</param>
/// <param name="LengthBytes">Its length.</param>
/// <param name="Header">What stands at its head.</param>
/// <param name="Footer">What stands at its end: the counts.</param>
internal sealed record InfoAnswer(string File, long LengthBytes, TraceHeader Header, TraceFooter Footer);
