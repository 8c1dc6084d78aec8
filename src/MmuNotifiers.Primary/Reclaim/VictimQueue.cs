namespace MmuNotifiers.Primary;

/// <summary>Pages that were found old, in the order in which they go. Used under the lock of those who choose.</summary>
internal sealed class VictimQueue(ReplacementPolicy policy, ResidencyClock residency)
{
    private AgedFrame[] _frames = [];
    private int _next;
    private int _count;

    /// <summary>Whether there is nobody left.</summary>
    internal bool IsEmpty => _next == _count;

    /// <summary>Where to put pages that are found; follow with <see cref="Filled"/>. What was there is forgotten.</summary>
    internal Span<AgedFrame> Room(int pages)
    {
        if (_frames.Length < pages)
        {
            _frames = new AgedFrame[pages];
        }

        _next = _count = 0;
        return _frames.AsSpan(0, pages);
    }

    /// <summary>So many pages were put there.</summary>
    internal void Filled(int pages) => _count = pages;

    /// <summary>Takes pages that are still as old as they were found, and long enough here.</summary>
    /// <param name="chosen">Receives them.</param>
    /// <param name="takesRecent">Whether pages that have just come are taken too.</param>
    /// <param name="recent">Counts those that are left alone for that.</param>
    /// <returns>How many were taken.</returns>
    internal int Take(Span<FrameNumber> chosen, bool takesRecent, ref int recent)
    {
        int taken = 0;
        while (taken < chosen.Length && _next < _count)
        {
            AgedFrame victim = _frames[_next++];
            if (victim.Generation == 0 || policy.GenerationOf(victim.Frame) != victim.Generation)
            {
                continue;
            }

            if (!takesRecent && residency.IsRecent(victim.Frame))
            {
                recent++;
                continue;
            }

            chosen[taken++] = victim.Frame;
        }

        return taken;
    }
}
