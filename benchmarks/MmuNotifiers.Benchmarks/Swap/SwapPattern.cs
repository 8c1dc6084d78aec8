namespace MmuNotifiers.Benchmarks.Swap;

/// <summary>What is done to pages that do not all fit, as <c>swap_peer.c</c> does it.</summary>
/// <param name="Name">The peer's name for it.</param>
/// <param name="Title">What the report calls it.</param>
internal sealed record SwapPattern(string Name, string Title)
{
    /// <summary>All patterns, in the order of the report.</summary>
    internal static IReadOnlyList<SwapPattern> All { get; } =
    [
        new("random-load", "load, random: a swap-in"),
        new("random-store", "store, random: a swap-in"),
        new("sequential-load", "load, sequential: a page"),
        new("evict-batch", "evict, 512 pages a call: a page"),
        new("evict-single", "evict, one page a call"),
    ];
}
