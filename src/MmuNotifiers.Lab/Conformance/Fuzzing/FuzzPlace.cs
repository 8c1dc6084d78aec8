namespace MmuNotifiers.Lab.Conformance.Fuzzing;

/// <summary>Where a made-up case plays.</summary>
/// <param name="UsesHeap">Whether it uses the heap besides the window.</param>
/// <param name="Limits">The limits of its processes.</param>
internal sealed record FuzzPlace(bool UsesHeap, CaseLimits Limits)
{
    /// <summary>A small window, so that operations meet.</summary>
    internal const int WindowPages = 24;

    /// <summary>How far the heap mostly grows.</summary>
    internal const int HeapPages = 12;

    /// <summary>How many objects there are.</summary>
    internal const int Objects = 2;

    /// <summary>The objects at the start; one ends within a page.</summary>
    internal static ConformanceObject[] StartObjects { get; } = [new(0, ByteAmount.OfPages(4)), new(1, new ByteAmount(6000))];

    private const long AmplePages = 1024;

    /// <summary>Whether the limit of locked memory can be reached.</summary>
    internal bool LocksAreScarce => Limits.Locked is { } locked && locked.Bytes < AmplePages << Page.Shift;

    /// <summary>The heap's start, as operations write addresses.</summary>
    internal ByteAmount Heap => CaseGeometry.HeapInWindow(CaseOf([], string.Empty));

    /// <summary>Draws a place.</summary>
    internal static FuzzPlace Draw(Random random) => new(UsesHeap: random.Next(4) == 0, DrawLimits(random));

    /// <summary>
    /// Most cases have no limit that matters. The one of locked memory is always there, so that nobody has the privilege to pass
    /// it. The one of areas is rare, since it takes a kernel's process thousands of areas to come near it.
    /// </summary>
    private static CaseLimits DrawLimits(Random random)
    {
        CaseLimits limits = new() { Locked = ByteAmount.OfPages(AmplePages) };
        return random.Next(200) switch
        {
            < 10 => limits with { Locked = ByteAmount.OfPages(random.Next(8)) },
            < 20 => limits with { MoreAddresses = ByteAmount.OfPages(random.Next(5, 40)) },
            < 30 => limits with { Stack = ByteAmount.OfPages(random.Next(3, 12)) },
            30 => limits with { MoreAreas = random.Next(1, 12) },
            _ => limits,
        };
    }

    /// <summary>A case in this place.</summary>
    internal ConformanceCase CaseOf(IReadOnlyList<Operations.ConformanceOperation> operations, string name) => new()
    {
        Name = name,
        Source = "differential fuzzing",
        WindowPages = WindowPages,
        Objects = StartObjects,
        HasHeap = UsesHeap,
        Limits = Limits,
        Operations = operations,
    };
}
