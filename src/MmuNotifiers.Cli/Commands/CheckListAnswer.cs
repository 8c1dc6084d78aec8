using System.Collections.Immutable;

namespace MmuNotifiers.Cli.Commands;

/// <summary>What <c>mmun check --list</c> answers.</summary>
/// <param name="Scenarios">The scenarios, in the order of the catalogue.</param>
internal sealed record CheckListAnswer(ImmutableArray<CheckListItem> Scenarios);
