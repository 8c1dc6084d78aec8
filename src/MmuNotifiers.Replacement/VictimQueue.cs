namespace MmuNotifiers.Replacement;

/// <summary>Pages that one rule found, in the order in which they go. Used under the lock of those who choose.</summary>
internal sealed class VictimQueue(ReplacementPolicy policy, ResidencyClock residency)
{
    private Victim[] _victims = [];
    private int _next;
    private int _count;

    /// <summary>Whether there is nobody left.</summary>
    internal bool IsEmpty => _next == _count;

    /// <summary>Where to put pages that are found; follow with <see cref="Filled"/>. What was there is forgotten.</summary>
    internal Span<Victim> Room(int pages)
    {
        if (_victims.Length < pages)
        {
            _victims = new Victim[pages];
        }

        _next = _count = 0;
        return _victims.AsSpan(0, pages);
    }

    /// <summary>So many pages were put there.</summary>
    internal void Filled(int pages) => _count = pages;

    /// <summary>Takes the next page that is still as it was found, and long enough here.</summary>
    /// <param name="takesRecent">Whether a page that has just come is taken too.</param>
    /// <param name="recent">Counts those that are left alone for that.</param>
    /// <param name="frame">Its frame.</param>
    /// <returns>False if there is none.</returns>
    internal bool TryTake(bool takesRecent, ref int recent, out FrameNumber frame)
    {
        while (TryPeek(out frame))
        {
            _next++;
            if (takesRecent || !residency.IsRecent(frame))
            {
                return true;
            }

            recent++;
        }

        return false;
    }

    /// <summary>The next page that is still as it was found.</summary>
    internal bool TryPeek(out FrameNumber frame)
    {
        for (; _next < _count; _next++)
        {
            frame = _victims[_next].Frame;
            if (policy.LastUse(frame) == _victims[_next].LastUse)
            {
                return true;
            }
        }

        frame = default;
        return false;
    }
}
