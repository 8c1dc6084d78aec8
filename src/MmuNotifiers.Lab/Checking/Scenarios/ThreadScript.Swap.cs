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
            .Add(new CodeOperation("Get a swap store", AddSwapStore, PageEffect.Keep))
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

    private static void AddSwapStore(ScenarioRun run)
    {
        if (!run.Space.Memory.Swap.CanEvict)
        {
            run.Space.Memory.Swap.AddArea(new CheckedSwapStore(), SwapAreaKind.ReadWrite);
        }
    }

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
