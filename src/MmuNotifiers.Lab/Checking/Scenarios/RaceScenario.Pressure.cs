using System.Collections.Immutable;

namespace MmuNotifiers.Lab.Checking;

/// <summary>Scenarios in which memory runs out.</summary>
public sealed partial record RaceScenario
{
    /// <summary>Room for a scenario's pages and for a huge one. Frames that are not used cost nothing.</summary>
    private const int PlentyOfFrames = 3 * 512;

    internal int FrameCount { get; private init; } = PlentyOfFrames;

    /// <summary>Whether whoever finds no frame takes one from somebody else.</summary>
    internal bool HasReclaim { get; private init; }

    /// <summary>Where evicted pages go; null for a store that is right.</summary>
    internal Func<ISwapStore>? SwapStore { get; private init; }

    /// <summary>How many pages the address space may have in memory; null for all.</summary>
    internal long? MaxResidentPages { get; private init; }

    /// <summary>Locks that are not taken, by the name of the step that takes them.</summary>
    internal ImmutableArray<string> MissingLocks { get; private init; } = [];

    /// <summary>Adds a shared mapping of a file of its own, of which no page is in memory; an object like those of <see cref="SharedPages"/>.</summary>
    public RaceScenario FilePages(int count, AccessRights rights = AccessRights.ReadWrite) => Add(PageGroupKind.File, count, rights);

    /// <summary>
    /// Gives the pool so few frames that reclaim runs: who needs one that is not there takes the page of somebody. It asks the secondaries how old
    /// their pages are, chooses, and evicts to the store of <see cref="SwapTo"/>.
    /// </summary>
    /// <param name="pages">How many pages fit into memory.</param>
    public RaceScenario Frames(int pages)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pages, 1);

        // The zero page takes one more.
        return this with { FrameCount = pages + 1, HasReclaim = true };
    }

    /// <summary>
    /// Has pages evicted to a store of the caller's, whose own steps are then part of the race. What it shares between threads it accesses as a
    /// secondary does, and its transfers are over when they return: nobody completes them later.
    /// </summary>
    /// <param name="store">Makes it; called once for each execution, which disposes it.</param>
    public RaceScenario SwapTo(Func<ISwapStore> store)
    {
        ArgumentNullException.ThrowIfNull(store);
        return this with { SwapStore = store };
    }

    /// <summary>Limits the pages that the address space has in memory; see <see cref="Primary.AddressSpaceOptions.MaxResidentPages"/>.</summary>
    public RaceScenario ResidentLimit(long pages)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pages, 1);
        return this with { MaxResidentPages = pages, HasReclaim = true };
    }

    /// <summary>
    /// The same where a step of the library takes no lock: what a scenario is worth shows in what it finds then.
    /// </summary>
    /// <param name="step">The name of the step: the method that takes the lock.</param>
    internal RaceScenario WithoutLock(string step) => this with { MissingLocks = MissingLocks.Add(step) };
}
