using MmuNotifiers.Primary;

namespace MmuNotifiers.Secondary.Tests.Reclaim;

/// <summary>Counts the pages that reclaim takes from an address space, and how many of them lie in a range.</summary>
internal sealed class EvictionWitness(AddressRange watched) : IMmuNotifier
{
    internal long Pages { get; private set; }

    internal long WatchedPages { get; private set; }

    public bool InvalidateRangeStart(in InvalidationRange range)
    {
        if (range.Owner is Reclaimer)
        {
            Pages += (long)range.Range.Pages;
            WatchedPages += (long)range.Range.Intersect(watched).Pages;
        }

        return true;
    }

    public void InvalidateRangeEnd(in InvalidationRange range)
    {
    }

    public void Release()
    {
    }
}
