namespace MmuNotifiers.Lab.Checking.Catalogue.Stores;

/// <summary>Gives a page's place up before the page is read out of it: who comes meanwhile writes another page there (M-evict-slot).</summary>
internal sealed class PlacesGivenUpEarly : PlacedSwapStore
{
    protected override void CopyOut(int place, Span<ulong> bytes)
    {
        GiveUp(place);
        base.CopyOut(place, bytes);
    }
}
