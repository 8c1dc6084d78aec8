using MmuNotifiers.Replacement;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>Reclaim by those who need a frame.</summary>
/// <remarks>
/// The effort is bounded, see <see cref="ReclaimEffort"/>. An attempt that frees a frame which another thread then takes counts as a success:
/// that thread goes on.
/// <code>
///   nothing was freed because          then
///   the old pages were used            the next oldest; when all were tried, used pages go as well
///   all pages had just come            wait a quarter of the minimum residency; after some times they go as well
///   others are evicting the rest       wait until one of them is done
///   none can go                        all are tried once more, and again if one stayed for a moment's reason; then somebody
///                                      is killed for frames, or there is none; until something changes, nobody tries
///                                      again: see <see cref="Standstill"/>
/// </code>
/// </remarks>
public sealed partial class Reclaimer
{
    /// <summary>Changes of areas, and ends of address spaces, are waited for this part of a second at most.</summary>
    private const int WaitsForChangesPerSecond = 10;

    /// <summary>Gets a frame where there was none. May block; no lock is held but perhaps a map lock.</summary>
    /// <returns>False if none can be had.</returns>
    internal bool TryAllocate(out FrameNumber frame)
    {
        frame = default;
        if (IsReclaiming)
        {
            return false;
        }

        ThrowIfSpinning();
        Counters.AddDirectStall();
        long victims = Victims;
        bool isFound = TryEvictFor(out frame);
        while (!isFound && TryKillForFrames(ref victims))
        {
            isFound = _memory.TryAllocateSpare(out frame) || TryEvictFor(out frame);
        }

        if (!isFound)
        {
            Counters.AddFailure();
        }

        return isFound;
    }

    /// <summary>Takes pages of one address space. May block; no lock is held but perhaps a map lock.</summary>
    /// <param name="source">The pages.</param>
    /// <param name="effort">What was tried before.</param>
    /// <param name="wanted">How many pages have to go.</param>
    /// <param name="pages">How many there are.</param>
    /// <returns>What was tried by now.</returns>
    internal ReclaimEffort ReclaimFrom(SpaceVictims source, ReclaimEffort effort, long wanted, long pages)
    {
        ThrowIfSpinning();
        return After(Step(source, EvictionReason.SpaceLimit, effort, wanted), effort, pages);
    }

    /// <summary>Evicts pages until there is a frame.</summary>
    /// <returns>False if nothing can go.</returns>
    private bool TryEvictFor(out FrameNumber frame)
    {
        long look = 0;
        ReclaimEffort effort = default;
        while (MayGoOn(effort))
        {
            ReclaimStep step = Step(_victims, EvictionReason.Pressure, effort, ReclaimBatch.MaxPages);
            if (_memory.TryAllocateSpare(out frame))
            {
                return true;
            }

            effort = After(step, effort, ref look);
        }

        frame = default;
        return false;
    }

    private bool MayGoOn(ReclaimEffort effort) => !effort.IsExhausted && !Standstill.IsReached && !IsReclaiming;

    /// <summary>What the outcome of an attempt to take pages of the whole pool asks for.</summary>
    /// <param name="step">The outcome.</param>
    /// <param name="effort">What was tried before.</param>
    /// <param name="look">The look at every page that is under way in the last stage.</param>
    /// <returns>The effort so far.</returns>
    private ReclaimEffort After(ReclaimStep step, ReclaimEffort effort, ref long look)
    {
        ReclaimEffort next = After(step, effort, _memory.FrameCount);
        if (next.IsLast && !effort.IsLast)
        {
            look = Standstill.Begin();
        }
        else if (next.IsExhausted && !effort.IsRepeated && !(step.Chosen == 0 && Standstill.TryEnd(look)))
        {
            AwaitMapChanges();
            look = Standstill.Begin();
            Policy.EndDeferral();
            next = ReclaimEffort.LastOnceMore;
        }
        else if (next.IsExhausted && step.Chosen == 0)
        {
            Standstill.TryEnd(look);
        }

        return next;
    }

    /// <summary>
    /// Lets those go on who are in the middle of a change of areas, or of their end: meanwhile none of their pages can go, those that stay neither.
    /// </summary>
    private void AwaitMapChanges()
    {
        Residency.Wait();
        long deadline = SharedClock.GetTimestamp() + (SharedClock.Frequency / WaitsForChangesPerSecond);
        foreach (AddressSpace space in _memory.Spaces.ToArray())
        {
            space.AwaitChange(deadline);
        }
    }

    /// <summary>What the outcome of an attempt asks for: waits where waiting helps.</summary>
    /// <returns>The effort so far.</returns>
    private ReclaimEffort After(ReclaimStep step, ReclaimEffort effort, long pages)
    {
        if (step is { Chosen: 0, Recent: > 0 } && effort.MayWait)
        {
            Counters.AddResidencyWait();
            Residency.Wait();
            return effort.AfterWait;
        }

        if (step.Chosen == 0 && AwaitOthers())
        {
            return effort;
        }

        ReclaimEffort next = effort.After(step, pages);
        if (next.IsLast && !effort.IsLast)
        {
            Policy.EndDeferral();
        }

        return next;
    }

    /// <summary>Waits until somebody who evicts just now is done.</summary>
    /// <returns>False if nobody does.</returns>
    private bool AwaitOthers()
    {
        if (IsReclaiming)
        {
            return false;
        }

        _progress.Enter();
        bool waits = _evicting > 0;
        if (waits)
        {
            _progress.Wait();
        }

        _progress.Exit();
        return waits;
    }
}
