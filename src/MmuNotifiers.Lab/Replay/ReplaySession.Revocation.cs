using MmuNotifiers.Lab.Replay.Model;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Replay;

/// <summary>What is noted of addresses that lead nowhere any more.</summary>
internal sealed partial class ReplaySession
{
    private const int RevokedPagesPerCall = 8;

    /// <summary>
    /// Counts a call that is about to unmap parts of several areas. The model does not merge areas, so where it has several the
    /// primary is asked.
    /// </summary>
    private static void CountAreasOf(ReplayedSpace space, AddressRange range)
    {
        if (space.Model.Areas.In(range).Count > 1 && space.Primary.Layout().Count(area => area.Range.Overlaps(range)) > 1)
        {
            space.Counts.UnmapsOverSeveralAreas++;
        }
    }

    /// <summary>Devices are to try some pages of a range that they have used, from its whole length: nothing may be reached there from now on.</summary>
    private static void Revoke(ReplayedSpace space, AddressRange range)
    {
        List<ModelPage> used = range.IsEmpty ? [] : space.Model.PagesIn(range)
            .FindAll(page => page.IsUsed && !CanBecomeStack(space, VirtualAddress.OfPage(page.Number)));
        int count = Math.Min(used.Count, RevokedPagesPerCall);
        for (int i = 0; i < count; i++)
        {
            space.Targets.Revoke(used[i * used.Count / count].Number);
        }
    }

    /// <summary>Whether a touch of an address that nothing is mapped at could make a stack grow down to it.</summary>
    private static bool CanBecomeStack(ReplayedSpace space, VirtualAddress address) =>
        space.Model.Areas.FindAbove(address) is { } above
        && (above.Traits & ModelAreaTraits.GrowsDown) != 0
        && above.Range.Start - address <= new AddressSpaceOptions().MaxStackBytes;
}
