using MmuNotifiers.Replacement;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>The limit on the pages that one address space has in memory.</summary>
/// <remarks>
/// Nothing is counted where pages go. A fault that brings a page in uses up one of an allowance; when that is used up, the page tables say how
/// many pages there really are:
/// <code>
///   mapped   allowance   what
///        0         100   limit 100, nothing mapped
///      100           0   100 faults later
///       40           0   an munmap: nobody tells the allowance
///       40          59   the next fault counts 40, and maps one
///      100           0   60 faults later, and then: evict some, count again
/// </code>
/// </remarks>
internal sealed class ResidentLimit
{
    private readonly AddressSpace _space;
    private readonly long _maxPages;

    /// <summary>Null in a pool without reclaim.</summary>
    private readonly SpaceVictims? _victims;

    /// <summary>How many pages may be brought in until they are counted.</summary>
    private long _allowance;

    internal ResidentLimit(AddressSpace space, long maxPages)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPages, 1);
        _space = space;
        _maxPages = maxPages;
        _victims = space.Memory.Reclaim is { } reclaim ? new SpaceVictims(reclaim, space) : null;
    }

    /// <summary>
    /// Makes room for a page that is about to be mapped. May block; no lock is held but perhaps a map lock.
    /// </summary>
    /// <returns>False if there is none, and nothing of the address space can be evicted.</returns>
    internal bool TryAdmit() => Shared.Add(ref _allowance, -1, this) >= 0 || TryRenew();

    /// <summary>Pages were mapped beside the one that was admitted.</summary>
    internal void Charge(int pages) => Shared.Add(ref _allowance, -pages, this);

    private bool TryRenew()
    {
        for (ReclaimEffort effort = default; !effort.IsExhausted;)
        {
            long pages = _space.CountResidentPages();
            if (pages < _maxPages)
            {
                Shared.Write(ref _allowance, _maxPages - pages - 1, this);
                return true;
            }

            if (_victims is null)
            {
                break;
            }

            // A few more than one, so that not every fault counts and chooses.
            long wanted = pages - _maxPages + ReplacementPolicy.PagesPerWalk(_maxPages);
            effort = _space.Memory.Reclaim!.ReclaimFrom(_victims, effort, wanted, pages);
        }

        return false;
    }
}
