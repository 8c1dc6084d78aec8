using System.Runtime.CompilerServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary.Registration;

/// <summary>Which pages transfers used: an accessed bit for each page, of the region's own.</summary>
/// <remarks>
/// A use is a transfer, not a get: a region can be large, and what is only held is not needed in memory. The bit is looked at with each
/// transfer, so asking drops nothing and flushes nothing. Neither side needs a lock or an atomic step:
/// <code>
///   transfer                         reclaim
///   bit clear? set it                bit set? clear it; the page is young
///   copy bytes
/// </code>
/// A use that meets the question may be noted before it or after it, and is missed only if it found the bit set and reclaim cleared it then:
/// such a use is as old as the question.
/// </remarks>
internal sealed partial class RegisteredRegion : IAgingNotifier
{
    /// <inheritdoc/>
    /// <remarks>Nothing is to be flushed: the next transfer finds the bit clear.</remarks>
    public bool ClearFlushYoung(AddressRange range) => ClearYoung(range);

    /// <inheritdoc/>
    public bool ClearYoung(AddressRange range)
    {
        bool isYoung = false;
        AddressRange mine = range.Intersect(Range);
        for (VirtualAddress page = mine.Start; page < mine.End; page += Page.SizeBytes)
        {
            isYoung |= TakeUse(page);
        }

        return isYoung;
    }

    /// <inheritdoc/>
    public void ClearYoung(scoped in AgeQuery query)
    {
        AgeQuery mine = query.Within(Range);
        for (int page = mine.NextAsked(0); page < mine.Pages; page = mine.NextAsked(page + 1))
        {
            if (TakeUse(mine.AddressOf(page)))
            {
                mine.MarkYoung(page);
            }
        }
    }

    /// <inheritdoc/>
    public bool TestYoung(VirtualAddress address) => Range.Contains(address) && Shared.Read(in PageAt(address).IsUsed, _pages) != 0;

    /// <summary>Takes over what is known of the uses of a region that this one swallows. Under the cache's lock.</summary>
    internal void Inherit(RegisteredRegion swallowed)
    {
        AddressRange common = swallowed.Range.Intersect(Range);
        for (VirtualAddress page = common.Start; page < common.End; page += Page.SizeBytes)
        {
            if (swallowed.TestYoung(page))
            {
                NoteUse(ref PageAt(page));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void NoteUse(ref RegionPage page)
    {
        // Not stored again and again: the line stays shared among threads that use the same pages.
        if (Shared.Read(in page.IsUsed, _pages) == 0)
        {
            Shared.Write(ref page.IsUsed, 1U, _pages);
        }
    }

    private bool TakeUse(VirtualAddress address)
    {
        ref RegionPage page = ref PageAt(address);
        if (Shared.Read(in page.IsUsed, _pages) == 0)
        {
            return false;
        }

        Shared.Write(ref page.IsUsed, 0U, _pages);
        return true;
    }

    private ref RegionPage PageAt(VirtualAddress address) => ref _pages[(int)(address.PageNumber - Range.Start.PageNumber)];
}
