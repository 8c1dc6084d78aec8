namespace MmuNotifiers.Primary;

/// <summary>The oldest pages that one address space maps.</summary>
internal sealed class SpaceVictims(Reclaimer reclaimer, AddressSpace space) : VictimSource(reclaimer.Policy, reclaimer.Residency)
{
    private readonly List<FrameNumber> _mapped = [];

    internal override long Pages => _mapped.Count;

    private protected override void Walk()
    {
        _mapped.Clear();
        reclaimer.WalkLocked([space], _mapped);
    }

    /// <remarks>By counting: how many pages each generation has, then those up to the one that fills the room.</remarks>
    private protected override int FindOldest(Span<AgedFrame> found)
    {
        found.Clear();
        Span<int> count = stackalloc int[byte.MaxValue + 2];
        count.Clear();
        foreach (FrameNumber frame in _mapped)
        {
            count[Policy.GenerationOf(frame) + 1]++;
        }

        // The places of a generation begin behind all older ones; frames without a page have none.
        count[1] = 0;
        for (int generation = 1; generation <= byte.MaxValue; generation++)
        {
            count[generation + 1] += count[generation];
        }

        int total = count[byte.MaxValue + 1];
        foreach (FrameNumber frame in _mapped)
        {
            byte generation = Policy.GenerationOf(frame);
            int place = generation == 0 ? found.Length : count[generation]++;
            if (place < found.Length)
            {
                found[place] = new AgedFrame(frame, generation);
            }
        }

        return Math.Min(total, found.Length);
    }
}
