namespace MmuNotifiers.Linux;

/// <summary>How a <see cref="PagedMemory"/> shall be.</summary>
public sealed record PagedMemoryOptions
{
    /// <summary>The fewest frames: one instruction may need half a dozen pages at once, and a guest's page tables beside them.</summary>
    internal const long LeastResidentPages = 16;

    /// <summary>The length of the window in pages of 4096 bytes; at least 1, at most 2^31 - 1.</summary>
    public required long Pages { get; init; }

    /// <summary>How many of them may be in memory at a time; at least 16.</summary>
    public required long MaxResidentPages { get; init; }

    /// <summary>
    /// Where evicted pages go; stays the caller's, who disposes it after the memory. With fewer slots than the window has pages that are not resident, it
    /// may turn out full.
    /// </summary>
    public required ISwapStore Swap { get; init; }

    /// <summary>What pages are made of.</summary>
    public PagedMemoryBacking Backing { get; init; } = PagedMemoryBacking.Anonymous;

    /// <summary>
    /// How long a page stays at least once it has come, so that whoever asked for it gets to use it. Too short, and threads that need more pages than fit
    /// take them from each other without end. Not negative, at most a second.
    /// </summary>
    public TimeSpan MinimumResidency { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// On which processor faults are served; null for any, as is one that this process may not use. Beside the thread that faults most a fault takes a fifth of the time that it takes across
    /// processors.
    /// </summary>
    public int? HandlerProcessor { get; init; }

    /// <summary>How many threads serve faults: more than one where the store answers late. From 1 to 64.</summary>
    public int HandlerThreads { get; init; } = 1;

    /// <summary>Whether subscribers that take part in ageing are asked which pages their devices used.</summary>
    public bool AsksSecondaries { get; init; } = true;

    /// <summary>
    /// Whether the kernel is asked which pages were used, where it can tell (shared memory): each look costs whoever uses a page after it a fault in the
    /// kernel. Without it, pages go by when they came and how they came back.
    /// </summary>
    public bool AsksKernel { get; init; } = true;

    /// <summary>How many pages behind one that is fetched from the store may be fetched with it, where faults follow each other; 0 for none. At most 64.</summary>
    public int ReadAheadPages { get; init; } = 16;

    /// <summary>How many pages are evicted at once when a frame is needed; from 1 to 256, and never more than an eighth of the frames.</summary>
    public int EvictionBatchPages { get; init; } = 32;

    /// <summary>
    /// Whether a page that is fetched for a load stays write-protected until the first store, so that it can go again without being written: a store
    /// to such a page costs a fault more.
    /// </summary>
    public bool KeepsCleanPages { get; init; } = true;

    /// <summary>What shall be counted of brackets.</summary>
    public NotifierOptions Notifiers { get; init; }

    /// <summary>What is done wrong on purpose; for negative controls.</summary>
    internal PagingMutation Mutation { get; init; }

    /// <summary>Whether pages are taken away as on a kernel that cannot move them.</summary>
    internal bool NeverMoves { get; init; }

    internal void ThrowIfWrong()
    {
        ArgumentNullException.ThrowIfNull(Swap);
        ArgumentOutOfRangeException.ThrowIfLessThan(Pages, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Pages, int.MaxValue);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxResidentPages, LeastResidentPages);
        ArgumentOutOfRangeException.ThrowIfLessThan(MinimumResidency, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MinimumResidency, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(HandlerThreads, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(HandlerThreads, 64);
        ArgumentOutOfRangeException.ThrowIfNegative(ReadAheadPages);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ReadAheadPages, 64);
        ArgumentOutOfRangeException.ThrowIfLessThan(EvictionBatchPages, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(EvictionBatchPages, 256);
    }
}
