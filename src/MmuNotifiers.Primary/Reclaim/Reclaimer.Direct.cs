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
///   none can go                        all are tried once more, and again some times if one stayed for a reason that passes;
///                                      then somebody is killed for frames, or there is none; until something changes,
///                                      nobody tries again: see <see cref="Standstill"/>
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
        ReclaimStep step = Step(source, EvictionReason.SpaceLimit, effort, wanted);
        if (step.Refused > 0)
        {
            Standstill.NoteChange();
        }

        ReclaimEffort next = After(step, effort, pages);
        if (next.IsLast && !effort.IsLast)
        {
            Policy.EndDeferral();
        }

        return next;
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
            look = BeginLook();
        }
        else if (step.Refused > 0)
        {
            Standstill.NoteRefusal(look);
        }

        if (next is { IsExhausted: true, MayRepeat: true } && !(step.Chosen == 0 && TryConclude(next, look)))
        {
            next = next.Repeated;
            AwaitOthersIn(next.Repeats);
            look = BeginLook();
        }

        return next;
    }

    /// <summary>
    /// Every page is to be tried, those too that could not go. In this order: a page that another thread tries and defers in between is one that stayed after the
    /// look began.
    /// </summary>
    private long BeginLook()
    {
        long look = Standstill.Begin();
        Policy.EndDeferral();
        return look;
    }

    /// <summary>Every page was tried: whether nothing can go, as far as it can be known.</summary>
    private bool TryConclude(ReclaimEffort effort, long look) =>
        effort.Passing == 0 && (effort.Refused > 0 ? Standstill.IsUnchangedSince(look) : Standstill.TryEnd(look));

    /// <summary>
    /// Lets those go on who use pages for a moment, or are in the middle of a change of areas or of their end: meanwhile none of their pages can go, those that
    /// stay neither. They may have lost their processor, so the wait grows.
    /// </summary>
    private void AwaitOthersIn(int milliseconds)
    {
        SharedClock.Wait(milliseconds * SharedClock.Frequency / 1000);
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

        return effort.After(step, pages);
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
