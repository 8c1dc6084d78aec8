namespace MmuNotifiers.Primary;

/// <summary>What must hold between operations.</summary>
internal sealed unsafe partial class SwapSpace
{
    /// <summary>
    /// Checks that every slot is used as often as it is named, that cached frames and slots name each other, and that no transfer is under way.
    /// Nobody else uses the pool meanwhile.
    /// </summary>
    /// <param name="named">How often each entry is named by ptes and page caches.</param>
    /// <exception cref="InvariantViolationException">Something does not hold.</exception>
    internal void AssertInvariants(IReadOnlyDictionary<SwapEntry, int> named)
    {
        long cached = 0;
        foreach (SwapArea? area in _areas)
        {
            ReadOnlySpan<SwapCluster?> clusters = area is null ? [] : area.Clusters;
            for (int index = 0; index < clusters.Length && clusters[index] is { } cluster; index++)
            {
                for (int place = 0; place < SwapCluster.Slots; place++)
                {
                    SwapEntry entry = new(area!.Number, ((long)index * SwapCluster.Slots) + place);
                    AssertSlot(entry, in cluster.At(place), named.GetValueOrDefault(entry));
                    cached += cluster.At(place).IsCached ? 1 : 0;
                }
            }
        }

        long flagged = 0;
        for (long frame = 0; frame < _memory.FrameCount; frame++)
        {
            flagged += Frames.Has(new FrameNumber((ulong)frame), FrameFlags.SwapCached) ? 1 : 0;
        }

        InvariantViolationException.ThrowIf(flagged != cached, $"{flagged} frames say that they are in the swap cache, which has {cached}.");
    }

    private void AssertSlot(SwapEntry entry, in SwapSlot slot, int named)
    {
        Require(!slot.IsBusy && !slot.IsAwaited, entry, "a transfer is under way, or awaited");
        Require(slot.References == named + (slot.IsCached ? 1 : 0), entry, $"it has {slot.References} references, but is named {named} times{(slot.IsCached ? " and cached" : string.Empty)}");
        if (slot.IsCached)
        {
            FrameNumber frame = slot.Frame;
            Require(EntryOf(frame) == entry && Frames.Has(frame, FrameFlags.SwapCached), entry, $"{frame} does not know that it is cached for it");
            Require(!Frames.Has(frame, FrameFlags.Isolated), entry, $"{frame} is isolated still");
            Require(Frames.References(frame) > 0, entry, $"{frame} is free");
        }
    }

    private static void Require(bool holds, SwapEntry entry, string message) =>
        InvariantViolationException.ThrowIf(!holds, holds ? string.Empty : $"Of {entry}: {message}.");
}
