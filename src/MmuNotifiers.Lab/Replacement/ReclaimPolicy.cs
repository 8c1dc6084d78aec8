using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Replacement;

/// <summary>
/// The policy of reclaim, driven by recorded accesses without page tables and stores: the classes that choose are those of the primary MMU. It sees what
/// reclaim sees: that a page came, came back, or was used since a walk last asked; neither how often nor when in between.
/// </summary>
public static class ReclaimPolicy
{
    /// <summary>Counts the accesses that find their page gone though it was there before.</summary>
    /// <param name="references">The accesses.</param>
    /// <param name="frames">How many pages fit, at least one.</param>
    public static long Refaults(PageReferences references, int frames)
    {
        ArgumentNullException.ThrowIfNull(references);
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        using SimulatedPool pool = new(references, frames);
        foreach (int entry in references.Entries)
        {
            if (entry < 0)
            {
                pool.Leave(~entry);
            }
            else
            {
                pool.Access(entry);
            }
        }

        return pool.Refaults;
    }
}
