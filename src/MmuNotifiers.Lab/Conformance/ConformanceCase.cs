using MmuNotifiers.Lab.Conformance.Operations;

namespace MmuNotifiers.Lab.Conformance;

/// <summary>A sequence of operations on a few address spaces, with what a Linux kernel answers to each.</summary>
public sealed record ConformanceCase
{
    /// <summary>How large a window is that a case does not size.</summary>
    internal const ulong DefaultWindowPages = 128;

    internal ConformanceCase()
    {
    }

    /// <summary>What the case shows.</summary>
    public required string Name { get; init; }

    /// <summary>Where the fact comes from.</summary>
    public required string Source { get; init; }

    /// <summary>Where the case stands in its file, from 1; 0 for one that was made up.</summary>
    public int Line { get; init; }

    /// <summary>How many pages the window of addresses has that the case plays in.</summary>
    internal ulong WindowPages { get; init; } = DefaultWindowPages;

    /// <summary>The objects at the start.</summary>
    internal IReadOnlyList<ConformanceObject> Objects { get; init; } = [];

    /// <summary>Whether the heap may grow; there is room above its start then. A case that moves its end may always.</summary>
    internal bool HasHeap { get; init; }

    /// <summary>The limits of its processes.</summary>
    internal CaseLimits Limits { get; init; } = CaseLimits.Usual;

    /// <summary>What happens.</summary>
    internal IReadOnlyList<ConformanceOperation> Operations { get; init; } = [];
}
