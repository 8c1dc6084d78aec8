using System.Collections.Immutable;

namespace MmuNotifiers.Lab.Traces;

/// <summary>What an import made.</summary>
/// <param name="Header">The head of the trace.</param>
/// <param name="Footer">Its end: how much it holds, and how much was lost.</param>
/// <param name="Lines">How many lines the text had.</param>
/// <param name="Remarks">What was passed over or assumed, one sentence each with its count.</param>
public sealed record TraceImportResult(TraceHeader Header, TraceFooter Footer, long Lines, ImmutableArray<string> Remarks);
