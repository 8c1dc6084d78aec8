using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>Takes pages away from address spaces and objects of a pool when frames run out.</summary>
public sealed partial class Reclaimer
{
    private readonly PhysicalMemory _memory;
    private long _failures;

    internal Reclaimer(PhysicalMemory memory, ReclaimOptions options)
    {
        _memory = memory;
        Options = options;
        Ages = new FrameAges(memory.FrameCount);
    }

    /// <summary>How it was asked to do that.</summary>
    public ReclaimOptions Options { get; }

    /// <summary>What it did so far.</summary>
    public ReclaimStatistics Statistics => new()
    {
        Failures = Shared.Read(in _failures, this),
        Victims = Victims,
        ReapedPages = Shared.Read(in _reapedPages, this),
        ReapRefusals = Shared.Read(in _reapRefusals, this),
    };

    /// <summary>The generation of each frame.</summary>
    internal FrameAges Ages { get; }

    /// <summary>Evicts pages now. May block; no lock is held but perhaps a map lock.</summary>
    /// <param name="pages">How many frames shall become free.</param>
    /// <returns>How many did; fewer where nothing more can be evicted.</returns>
    public long Reclaim(long pages)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(pages);
        long before = _memory.FramesInUse;
        Shared.Add(ref _failures, pages > 0 ? 1 : 0, this);
        return before - _memory.FramesInUse;
    }

    /// <summary>
    /// A page was brought in: it is the youngest, and stays for the minimum residency. Plain stores; under any lock.
    /// </summary>
    /// <param name="frame">Its frame.</param>
    /// <param name="identity">What it was known by when it was evicted, see <see cref="Evicted"/>.</param>
    /// <param name="isReadAhead">Whether nobody asked for it yet: then it is old until it is used.</param>
    internal void BroughtIn(FrameNumber frame, ulong identity, bool isReadAhead)
    {
        if (isReadAhead || identity != 0)
        {
            Ages.MakeYoungest(frame);
        }
    }

    /// <summary>A page left memory. Under any lock.</summary>
    /// <param name="frame">The frame that it had.</param>
    /// <param name="identity">By what it is known when it comes back: its swap entry, or a hash of object and page.</param>
    internal void Evicted(FrameNumber frame, ulong identity)
    {
        if (identity != 0)
        {
            Ages.Forget(frame);
        }
    }
}
