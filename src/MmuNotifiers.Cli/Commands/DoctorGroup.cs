using System.Collections.Immutable;

namespace MmuNotifiers.Cli.Commands;

/// <summary>What one part of this software needs of the host.</summary>
/// <param name="Name">What <c>--require</c> calls it.</param>
/// <param name="Purpose">What it is for.</param>
/// <param name="Available">Whether the host has all that is required.</param>
/// <param name="Reason">The first required thing that is missing, and how to get it; null if none is.</param>
/// <param name="Checks">The required things, then those that help.</param>
internal sealed record DoctorGroup(string Name, string Purpose, bool Available, string? Reason, ImmutableArray<DoctorCheck> Checks);
