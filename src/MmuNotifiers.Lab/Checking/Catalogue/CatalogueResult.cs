using System.Text.Json.Serialization;

namespace MmuNotifiers.Lab.Checking.Catalogue;

/// <summary>What became of one scenario of the catalogue.</summary>
public sealed record CatalogueResult
{
    /// <summary>The scenario's name.</summary>
    public required string Name { get; init; }

    /// <summary>What was wrong, in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>A bug of the field, or a mutation.</summary>
    public required CatalogueKind Kind { get; init; }

    /// <summary>What was wrong.</summary>
    public required string What { get; init; }

    /// <summary>The invariants that it breaks, by their short names; any of them is the right answer.</summary>
    public required string Expected { get; init; }

    /// <summary>The invariants that were found broken; null if none was.</summary>
    public string? Invariant { get; init; }

    /// <summary>Whether the bug was found with a right invariant.</summary>
    public required bool Found { get; init; }

    /// <summary>What went wrong, in one sentence; without a violation, how far the search went.</summary>
    public required string Sentence { get; init; }

    /// <summary>How many executions it took to find the bug.</summary>
    public required long Executions { get; init; }

    /// <summary>How many steps these had.</summary>
    public required long Steps { get; init; }

    /// <summary>How long that took, in seconds, with making the scenario smaller.</summary>
    public required double Seconds { get; init; }

    /// <summary>Whether every interleaving of the broken program was tried; usually the bug is found before.</summary>
    public required bool Exhausted { get; init; }

    /// <summary>The interleaving, for a replay.</summary>
    public string? Schedule { get; init; }

    /// <summary>What became of the correct twin.</summary>
    public required TwinResult Twin { get; init; }

    /// <summary>The interleaving that breaks the invariant; null if none was found.</summary>
    [JsonIgnore]
    public Timeline? Timeline { get; init; }
}
