namespace MmuNotifiers.Primary;

/// <summary>
/// Takes pages out of memory, by the batch. One for each thread that does, used again and again without an allocation when warm.
/// </summary>
/// <remarks>
/// No map lock is needed: a page is found through its owner, its ptes are checked under their leaf's lock, and what moved meanwhile is passed
/// over. The write of one batch goes on while the next is being unmapped.
/// </remarks>
internal sealed class PageEviction
{
    /// <summary>How many pages one batch has: few enough that a direct reclaim is soon over, enough for one large write.</summary>
    private const int BatchPages = 32;

    private readonly PhysicalMemory _memory;
    private EvictionBatch _current;
    private EvictionBatch _written;

    internal PageEviction(PhysicalMemory memory)
    {
        _memory = memory;
        _current = new EvictionBatch(memory);
        _written = new EvictionBatch(memory);
    }

    /// <summary>
    /// Evicts pages: their translations are revoked in every address space inside brackets of <see cref="HookSite.SwapOut"/>, and the frames are
    /// freed once what must not be lost is written. May block; no leaf, object or family lock is held, a map lock may be.
    /// </summary>
    /// <param name="candidates">Frames whose pages are to go: hints. Pages that are pinned, locked, in use by somebody or that moved stay.</param>
    /// <param name="reason">Why.</param>
    internal EvictionResult Evict(ReadOnlySpan<FrameNumber> candidates, EvictionReason reason)
    {
        EvictionResult total = default;
        try
        {
            while (!candidates.IsEmpty)
            {
                int count = Math.Min(BatchPages, candidates.Length);
                Begin(candidates[..count], reason);
                candidates = candidates[count..];
                total = total.Plus(_written.Complete(reason));
                (_current, _written) = (_written, _current);
            }
        }
        finally
        {
            total = total.Plus(_written.Complete(reason));
        }

        _memory.Swap.DiscardIfMany();
        return total;
    }

    /// <summary>A subscriber that throws must not keep pages for ever on their way out.</summary>
    private void Begin(ReadOnlySpan<FrameNumber> candidates, EvictionReason reason)
    {
        bool begun = false;
        try
        {
            _current.Begin(candidates);
            begun = true;
        }
        finally
        {
            if (!begun)
            {
                _current.Complete(reason);
            }
        }
    }
}
