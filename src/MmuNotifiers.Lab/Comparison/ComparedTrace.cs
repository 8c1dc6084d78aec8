using MmuNotifiers.Lab.Replay;

namespace MmuNotifiers.Lab.Comparison;

/// <summary>One recording of a comparison.</summary>
/// <param name="Name">What it is called in the report.</param>
/// <param name="Script">The recording.</param>
public sealed record ComparedTrace(string Name, ReplayScript Script);
