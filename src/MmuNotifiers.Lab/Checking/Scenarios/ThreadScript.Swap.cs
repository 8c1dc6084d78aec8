using System.Runtime.CompilerServices;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Checking;

/// <summary>What reclaim does.</summary>
public sealed partial class ThreadScript
{
    /// <summary>By address space: the frames that reclaim chose before the race, of which others may have taken the pages meanwhile.</summary>
    private static readonly ConditionalWeakTable<AddressSpace, List<FrameNumber>> Chosen = [];

    /// <summary>
    /// Reclaim takes pages out of memory, to a store that is done at once: those that were there before the race, and those that are there now.
    /// </summary>
    public ThreadScript Evict(int page, int count = 1) => BeforeRace(before => before
            .Add(new CodeOperation("Get a swap store", static run => run.AddSwapStore(run.Memory), PageEffect.Keep))
            .Call("Choose", page, count, PageEffect.Keep, static (space, range) =>
            {
                Choose(space, range, Chosen.GetOrCreateValue(space));
                return Errno.None;
            }))
        .Call("Evict", page, count, PageEffect.Keep, static (space, range) =>
        {
            List<FrameNumber> frames = [.. Chosen.GetOrCreateValue(space)];
            Choose(space, range, frames);
            new PageEviction(space.Memory).Evict(frames.ToArray(), EvictionReason.Pressure);
            return Errno.None;
        });

    /// <summary>
    /// Reclaim asks the ptes and the secondaries which pages were used since it last asked, as it does before it chooses. Only in a scenario with
    /// <see cref="RaceScenario.Frames"/> or <see cref="RaceScenario.ResidentLimit"/>.
    /// </summary>
    public ThreadScript Age() => Call("Age", 0, 1, PageEffect.Keep, static (space, _) =>
    {
        Reclaimer(space).Walk();
        return Errno.None;
    });

    /// <summary>
    /// Reclaim makes one attempt to take the page that it finds fittest to go; whoever needs a frame makes as many as it takes. Only in such a scenario, too.
    /// </summary>
    public ThreadScript Reclaim() => Call("Reclaim", 0, 1, PageEffect.Keep, static (space, _) =>
        Reclaimer(space).TryReclaimOnce() ? Errno.None : Errno.EAGAIN);

    private static Reclaimer Reclaimer(AddressSpace space) => space.Memory.Reclaim
        ?? throw new InvalidOperationException("The scenario's frames never run out: RaceScenario.Frames(..) gives it few.");

    private static void Choose(AddressSpace space, AddressRange range, List<FrameNumber> frames)
    {
        for (VirtualAddress page = range.Start; page < range.End; page += Page.SizeBytes)
        {
            Pte pte = space.PeekPte(page);
            if (pte.IsPresent && !pte.IsSpecial && !frames.Contains(pte.Frame))
            {
                frames.Add(pte.Frame);
            }
        }
    }
}
