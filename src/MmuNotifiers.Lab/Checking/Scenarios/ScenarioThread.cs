using System.Collections.Immutable;

namespace MmuNotifiers.Lab.Checking;

/// <summary>A thread of a scenario.</summary>
/// <param name="Name">Heads its column.</param>
/// <param name="Index">Its number in the scenario as it was written.</param>
/// <param name="Preparations">What is done for it before the race, without interleaving.</param>
/// <param name="Operations">What it does in the race.</param>
internal sealed record ScenarioThread(
    string Name, int Index, ImmutableArray<ScenarioOperation> Preparations, ImmutableArray<ScenarioOperation> Operations);
