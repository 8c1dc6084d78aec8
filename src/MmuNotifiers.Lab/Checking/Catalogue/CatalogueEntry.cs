namespace MmuNotifiers.Lab.Checking.Catalogue;

/// <summary>
/// One scenario of the catalogue: a program with a bug that the race checker must find by itself, and its correct twin, which must pass over
/// the same threads.
/// </summary>
public sealed record CatalogueEntry
{
    /// <summary>Its name: <c>B7-count-only</c>. A bug's begins with its number.</summary>
    public required string Name { get; init; }

    /// <summary>What was wrong, in a few words for a table.</summary>
    public required string Title { get; init; }

    /// <summary>A bug of the field, or a mutation.</summary>
    public CatalogueKind Kind { get; init; } = CatalogueKind.Bug;

    /// <summary>The year in which the bug was found in the field, or null.</summary>
    public int? Year { get; init; }

    /// <summary>What was wrong, in one sentence.</summary>
    public required string What { get; init; }

    /// <summary>The interleaving, or the call that is missing, in one sentence.</summary>
    public required string Interleaving { get; init; }

    /// <summary>How the bug enters the program: which part of the design is exchanged for a wrong one.</summary>
    public required string Seam { get; init; }

    /// <summary>The invariants that it breaks; any of them is the right answer.</summary>
    public required Invariants Expected { get; init; }

    /// <summary>What is watched, in both variants.</summary>
    public Invariants Watched { get; init; } = Invariants.All;

    /// <summary>The machine that it runs on.</summary>
    public MemoryModel Memory { get; init; } = MemoryModel.SequentiallyConsistent;

    /// <summary>The program with the bug.</summary>
    public required RaceScenario Broken { get; init; }

    /// <summary>The same threads without it.</summary>
    public required RaceScenario Twin { get; init; }

    /// <summary>The bug that it belongs to: the name up to the first hyphen.</summary>
    public string Bug => Name.Split('-')[0];

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
