using System.Runtime.InteropServices;

namespace MmuNotifiers.Primary;

/// <summary>The oldest pages that one address space maps.</summary>
internal sealed class SpaceVictims(Reclaimer reclaimer, AddressSpace space) : VictimSource(reclaimer.Policy, reclaimer.Residency)
{
    private readonly List<FrameNumber> _mapped = [];
    private readonly List<AgedFrame> _aged = [];

    internal override long Pages => _mapped.Count;

    private protected override void Walk()
    {
        _mapped.Clear();
        reclaimer.WalkLocked([space], _mapped);
    }

    /// <remarks>Sorts all of them: they were walked for that just now, which took longer.</remarks>
    private protected override int FindOldest(Span<AgedFrame> found)
    {
        CollectionsMarshal.SetCount(_aged, 0);
        foreach (FrameNumber frame in _mapped)
        {
            ushort generation = Policy.GenerationOf(frame);
            if (generation != 0)
            {
                _aged.Add(new AgedFrame(frame, generation));
            }
        }

        Span<AgedFrame> aged = CollectionsMarshal.AsSpan(_aged);
        MemoryMarshal.Cast<AgedFrame, ulong>(aged).Sort();
        int count = Math.Min(aged.Length, found.Length);
        aged[..count].CopyTo(found);
        return count;
    }
}
