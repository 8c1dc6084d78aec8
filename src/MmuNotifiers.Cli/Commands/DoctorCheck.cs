namespace MmuNotifiers.Cli.Commands;

/// <summary>One thing that the host can or cannot do.</summary>
/// <param name="Name">What <c>--require</c> calls it.</param>
/// <param name="Available">Whether the host can.</param>
/// <param name="Required">Whether its group cannot do without.</param>
/// <param name="Detail">What was found, or what is missing and how to get it; null where there is nothing to say.</param>
internal sealed record DoctorCheck(string Name, bool Available, bool Required, string? Detail);
