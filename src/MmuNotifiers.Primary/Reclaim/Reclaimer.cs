using System.Runtime.CompilerServices;
using MmuNotifiers.Replacement;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>
/// Takes pages away from the address spaces and objects of a pool when frames run out: the oldest first, as the accessed bits of the ptes and the
/// secondaries tell their age. All members are safe to call from any thread.
/// </summary>
/// <remarks>
/// Who needs a frame and finds none reclaims some himself (direct reclaim), in the fault or the call that needs it; a thread in the background
/// sees to it that this is rare. Neither takes a map lock, so both may run while the caller, or anybody else, holds one. Lock order:
/// <code>
///   map lock, a section of device faults
///   +-- choice of victims                 one at a time walks page tables or takes pages from the queue; nothing is evicted under it
///       +-- leaf; locks of ageing callbacks
///   +-- (no lock) eviction: brackets, writes
/// </code>
/// Never under a leaf, family, object or swap-slot lock: debug and checking builds assert it for the spin locks among them.
/// </remarks>
public sealed partial class Reclaimer
{
    private readonly PhysicalMemory _memory;

    /// <summary>Held by the one who walks or chooses. Leaf locks and ageing callbacks come under it.</summary>
    private readonly SharedLock _choice = new();

    /// <summary>Guarded by the choice lock.</summary>
    private readonly PoolVictims _victims;

    /// <summary>Guarded by the choice lock.</summary>
    private readonly AgeWalk _walk;

    internal Reclaimer(PhysicalMemory memory, ReclaimOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MinimumResidency, TimeSpan.Zero, nameof(options));
        _memory = memory;
        Options = options;
        Policy = new ReplacementPolicy(memory.FrameCount);
        Residency = new ResidencyClock(memory.FrameCount, options.MinimumResidency);
        _walk = new AgeWalk(Policy, options.AsksSecondaries);
        _victims = new PoolVictims(this, memory);
        LowWatermark = options.LowWatermarkPages ?? DefaultLowWatermark(memory.FrameCount);
        HighWatermark = Math.Max(options.HighWatermarkPages ?? 2 * LowWatermark, LowWatermark);
    }

    /// <summary>How it was asked to do that.</summary>
    public ReclaimOptions Options { get; }

    /// <summary>What it did so far.</summary>
    public ReclaimStatistics Statistics => Counters.Read(Shared.Read(in _scanned, this)) with
    {
        Victims = Victims,
        ReapedPages = Shared.Read(in _reapedPages, this),
        ReapRefusals = Shared.Read(in _reapRefusals, this),
    };

    /// <summary>Which page goes next.</summary>
    internal ReplacementPolicy Policy { get; }

    /// <summary>Which pages have just come.</summary>
    internal ResidencyClock Residency { get; }

    /// <summary>Whether none can go at all.</summary>
    internal Standstill Standstill { get; } = new();

    /// <summary>What was done.</summary>
    internal ReclaimCounters Counters { get; } = new();

    /// <summary>
    /// Evicts pages now, as if somebody needed frames. May block; the caller holds no lock but perhaps a map lock.
    /// </summary>
    /// <param name="pages">How many frames shall become free.</param>
    /// <returns>How many did; fewer where nothing more can be evicted.</returns>
    public long Reclaim(long pages)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(pages);
        ThrowIfSpinning();
        long freed = 0;
        long look = 0;
        ReclaimEffort effort = default;
        while (freed < pages && MayGoOn(effort))
        {
            ReclaimStep step = Step(_victims, EvictionReason.Pressure, effort, pages - freed);
            freed += step.Freed;
            effort = After(step, effort, ref look);
        }

        return freed;
    }

    /// <summary>One attempt to take a page that nobody used since the last look. The caller holds no lock but perhaps a map lock.</summary>
    /// <returns>Whether its frame is free.</returns>
    internal bool TryReclaimOnce() => Step(_victims, EvictionReason.Pressure, default, wanted: 1).Freed > 0;

    /// <summary>Asks all ptes and secondaries which pages were used, and takes nothing. The caller holds no lock but perhaps a map lock.</summary>
    internal void Walk()
    {
        using SharedLock.Scope held = _choice.EnterScope();
        WalkLocked(_memory.Spaces.ToArray());
    }

    /// <summary>A frame was taken from the free ones: its page is the youngest. Plain stores; under any lock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Arrive(FrameNumber frame)
    {
        Policy.Arrive(frame);
        Residency.Note(frame);
        Standstill.NoteChange();
    }

    /// <summary>A page that was evicted was brought in. Under any lock.</summary>
    /// <param name="frame">Its frame, which has arrived.</param>
    /// <param name="identity">What it was known by when it was evicted, see <see cref="Evicted"/>.</param>
    /// <param name="isReadAhead">Whether nobody asked for it yet: then it is old until it is used.</param>
    internal void BroughtIn(FrameNumber frame, ulong identity, bool isReadAhead)
    {
        if (isReadAhead)
        {
            Policy.ReadAhead(frame);
        }
        else
        {
            Policy.Return(frame, identity);
        }
    }

    /// <summary>A page leaves memory, and may come back. Under any lock.</summary>
    /// <param name="frame">The frame that it had.</param>
    /// <param name="identity">By what it is known when it comes back: its swap entry, or a hash of object and page.</param>
    internal void Evicted(FrameNumber frame, ulong identity) => Policy.Evict(frame, identity);

    /// <summary>A page is said not to be used for a while: it is as old as any. Under any lock.</summary>
    internal void MakeOldest(FrameNumber frame) => Policy.MakeOldest(frame);

    /// <summary>A page was used by other means than a pte: read or written through its object. Under any lock.</summary>
    internal void Used(FrameNumber frame) => Policy.Use(frame);

    /// <summary>A frame has no page any more. Under any lock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Leave(FrameNumber frame) => Policy.Leave(frame);

    /// <summary>Brings everything back to the state in which it was made, where a pool begins anew; nobody uses it.</summary>
    internal void Reset()
    {
        Policy.Reset();
        _victims.Reset();
        Standstill.Reset();
        _evicting = 0;
        _epoch = new object();
    }

    /// <summary>The pool goes; nobody uses it any more.</summary>
    internal void Dispose()
    {
        StopBackground();
        Policy.Dispose();
        Residency.Dispose();
    }
}
