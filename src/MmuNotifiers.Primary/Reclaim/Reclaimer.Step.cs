using MmuNotifiers.Replacement;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>One attempt: choose, look once more, evict.</summary>
/// <remarks>
/// <code>
///   reclaim                                           CPU, device
///   lock choice; the oldest 32; unlock
///                                                     uses one of them
///   used since the walk? it becomes the youngest
///   evict the others: bracket, leaf lock, revoke      uses one of them: finds it in the swap cache, or reads it in again
/// </code>
/// Nobody references a frame that was only chosen: it may go, and come back as another page, at any time before <see cref="PageEviction"/> has
/// locked a pte that maps it. Then a page goes that is not the oldest, or none.
/// </remarks>
public sealed partial class Reclaimer
{
    /// <summary>Whose reclaim the thread is in the middle of: a store or a callback that needs a frame of the same pool gets none.</summary>
    [ThreadStatic]
    private static object? Reclaiming;

    private readonly SharedMonitor _progress = new();

    /// <summary>What <see cref="Reclaiming"/> is while the thread reclaims here; another object in each execution of a race checker.</summary>
    private object _epoch = new();

    /// <summary>How many threads choose or evict. Guarded by the progress monitor.</summary>
    private int _evicting;

    /// <summary>Batches that nobody uses. Guarded by the progress monitor.</summary>
    private readonly Stack<ReclaimBatch> _batches = new();

    private long _scanned;

    /// <summary>Whether the calling thread is in the middle of an attempt here.</summary>
    private bool IsReclaiming => ReferenceEquals(Reclaiming, _epoch);

    /// <summary>Walks over address spaces. The choice lock is held.</summary>
    /// <param name="spaces">Which.</param>
    /// <param name="mapped">Receives every frame that they map; null if nobody asks.</param>
    internal void WalkLocked(ReadOnlySpan<AddressSpace> spaces, List<FrameNumber>? mapped = null)
    {
        _walk.Mapped = mapped;
        foreach (AddressSpace space in spaces)
        {
            space.Age(_walk);
        }

        _walk.Mapped = null;
        Shared.Write(ref _scanned, _walk.Scanned, this);
        Policy.EndWalk();
        Counters.AddWalk();
    }

    /// <summary>Takes some pages away. May block; no lock is held but perhaps a map lock.</summary>
    /// <param name="source">Whose pages.</param>
    /// <param name="reason">Why.</param>
    /// <param name="effort">What was tried before.</param>
    /// <param name="wanted">How many; fewer are taken at once where the pool is small.</param>
    internal ReclaimStep Step(VictimSource source, EvictionReason reason, ReclaimEffort effort, long wanted)
    {
        if (IsReclaiming)
        {
            return default;
        }

        object? outer = Reclaiming;
        Reclaiming = _epoch;
        ReclaimBatch batch = Begin();
        try
        {
            return Step(batch, source, reason, effort, wanted);
        }
        finally
        {
            End(batch);
            Reclaiming = outer;
        }
    }

    /// <summary>Refuses where a spin lock is held, that of a leaf for one: eviction would wait for it, or blocks under it.</summary>
    private static void ThrowIfSpinning() =>
        InvariantViolationException.ThrowIf(SharedSpinLock.IsAnyHeldByCurrentThread, "Pages are reclaimed under a spin lock.");

    private ReclaimBatch Begin()
    {
        _progress.Enter();
        _evicting++;
        ReclaimBatch batch = _batches.TryPop(out ReclaimBatch? spare) ? spare : new ReclaimBatch(_memory);
        _progress.Exit();
        return batch;
    }

    private void End(ReclaimBatch batch)
    {
        _progress.Enter();
        _evicting--;
        _batches.Push(batch);
        _progress.WakeAll();
        _progress.Exit();
    }

    private ReclaimStep Step(ReclaimBatch batch, VictimSource source, EvictionReason reason, ReclaimEffort effort, long wanted)
    {
        int chosen = Choose(source, batch, effort, wanted, out int recent);
        int unused = effort.TakesUsedPages ? chosen : KeepUnused(batch, chosen);
        EvictionResult result = unused == 0 ? default : Evict(batch.Frames[..unused], batch.Eviction, reason);
        int staying = unused - result.FreedPages;
        if (staying > 0)
        {
            Stayed(source, staying);
        }

        int passing = Math.Max(staying - result.HeldPages - result.FailedPages, 0);
        if (passing > 0 || (result.FailedPages > 0 && !effort.IsLast))
        {
            // Nobody tells when these can go.
            Standstill.NoteChange();
        }

        return new ReclaimStep(result.FreedPages, chosen, recent, result.FailedPages, passing);
    }

    private int Choose(VictimSource source, ReclaimBatch batch, ReclaimEffort effort, long wanted, out int recent)
    {
        using SharedLock.Scope held = _choice.EnterScope();
        return source.Choose(batch.Frames[..source.PagesAtOnce(wanted)], effort, out recent);
    }

    private void Stayed(VictimSource source, int pages)
    {
        using SharedLock.Scope held = _choice.EnterScope();
        source.Stayed(pages);
    }

    private EvictionResult Evict(ReadOnlySpan<FrameNumber> victims, PageEviction eviction, EvictionReason reason)
    {
        Span<uint> lastUses = stackalloc uint[ReclaimBatch.MaxPages];
        for (int i = 0; i < victims.Length; i++)
        {
            lastUses[i] = Policy.LastUse(victims[i]);
        }

        EvictionResult result = eviction.Evict(victims, reason);
        Counters.AddEvictions(reason, result.FreedPages);
        for (int i = 0; i < victims.Length; i++)
        {
            if (Policy.LastUse(victims[i]) == lastUses[i])
            {
                // It cannot go now: pinned, locked, not to be written. Others first.
                Policy.Defer(victims[i]);
            }
        }

        return result;
    }

    /// <summary>Moves the pages to the front that nobody used since they were chosen.</summary>
    /// <returns>How many they are.</returns>
    private int KeepUnused(ReclaimBatch batch, int chosen)
    {
        int kept = 0;
        for (int i = 0; i < chosen; i++)
        {
            FrameNumber frame = batch.Frames[i];
            if (WasUsed(frame, batch))
            {
                Policy.Use(frame);
            }
            else
            {
                batch.Frames[kept++] = frame;
            }
        }

        Counters.AddRescued(chosen - kept);
        return kept;
    }

    /// <summary>Whether a page was used, by whoever maps it, since it was last asked. It counts as unused from now on.</summary>
    private bool WasUsed(FrameNumber frame, ReclaimBatch batch)
    {
        bool young = _memory.Frames.TestAndClear(frame, FrameFlags.Young);
        foreach ((AddressSpace space, VirtualAddress page) in batch.CandidatesOf(frame))
        {
            young |= space.ClearFlushYoung(page, frame, Options.AsksSecondaries);
        }

        return young;
    }
}
