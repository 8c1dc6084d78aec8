using System.Collections.Immutable;

namespace MmuNotifiers.Cli.Commands;

/// <summary>What <c>mmun doctor</c> answers.</summary>
/// <param name="Host">The operating system and the architecture.</param>
/// <param name="Checks">One for each thing that a verb may need.</param>
internal sealed record DoctorAnswer(string Host, ImmutableArray<DoctorCheck> Checks);
