namespace MmuNotifiers.Primary;

/// <summary>What <see cref="AddressSpace.TryReap"/> could free without sleeping.</summary>
/// <param name="ReapedPages">How many translations of frames were taken away; a frame that nobody else maps is free now.</param>
/// <param name="PinnedPages">How many pages were left because a device has pinned them: unmapping them would free nothing.</param>
/// <param name="RefusedAreas">How many areas were left because a subscriber would have had to sleep, at the last attempt.</param>
/// <param name="IsMapBusy">Somebody held the map lock at every attempt: no area was looked at.</param>
public readonly record struct ReapResult(long ReapedPages, long PinnedPages, int RefusedAreas, bool IsMapBusy)
{
    /// <summary>Whether everything was reaped that ever can be: asking again will free nothing.</summary>
    public bool IsComplete => RefusedAreas == 0 && !IsMapBusy;
}
