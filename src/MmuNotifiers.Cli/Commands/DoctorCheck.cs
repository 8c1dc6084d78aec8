namespace MmuNotifiers.Cli.Commands;

/// <summary>One thing that the host can or cannot do.</summary>
/// <param name="Name">The verb or feature that needs it.</param>
/// <param name="Available">Whether the host can.</param>
/// <param name="Detail">The version found, or what is missing and how to get it.</param>
internal sealed record DoctorCheck(string Name, bool Available, string Detail);
