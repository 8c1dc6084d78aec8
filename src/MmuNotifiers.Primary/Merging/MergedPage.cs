using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>
/// The owner of a frame that equal private pages share (KSM's stable node): knows which pages of which families were merged into it, and
/// so where the frame may be mapped. Nobody writes to such a frame, however few map it: a store makes a copy.
/// </summary>
internal sealed class MergedPage
{
    /// <summary>A spin lock; nothing blocks under it.</summary>
    private int _lock;

    /// <summary>The pages that were merged, by family and page offset. Guarded by the lock.</summary>
    private readonly HashSet<(AnonymousFamily Family, ulong PageOffset)> _pages = [];

    /// <summary>A page is about to be merged; it is a candidate from here on.</summary>
    internal void Add(AnonymousFamily family, ulong pageOffset)
    {
        SharedSpinLock.Enter(ref _lock, this);
        _pages.Add((family, pageOffset));
        SharedSpinLock.Exit(ref _lock, this);
    }

    /// <summary>Where the frame may be mapped: an upper bound, to be checked against the ptes.</summary>
    internal IEnumerable<Mapping> Candidates()
    {
        SharedSpinLock.Enter(ref _lock, this);
        (AnonymousFamily Family, ulong PageOffset)[] pages = [.. _pages];
        SharedSpinLock.Exit(ref _lock, this);
        return pages.SelectMany(static page => page.Family.Candidates(page.PageOffset));
    }

    /// <summary>Whether the frame is mapped anywhere.</summary>
    internal bool IsMapped => Candidates().Any(mapping => mapping.Space.MapsMerged(mapping.Address, this));

    /// <summary>Takes a reference on the frame, if it is mapped anywhere still.</summary>
    internal bool TryReference(out FrameNumber frame)
    {
        foreach (Mapping mapping in Candidates())
        {
            if (mapping.Space.TryReferenceMerged(mapping.Address, this, out frame))
            {
                return true;
            }
        }

        frame = default;
        return false;
    }
}
