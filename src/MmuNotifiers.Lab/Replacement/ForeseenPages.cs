namespace MmuNotifiers.Lab.Replacement;

/// <summary>
/// Pages in memory, of some of which the next use is known. The first to go is one that is known to be unmapped before it is used, then the one that was used
/// longest ago of those of which nothing is known, then the one whose known use is farthest.
/// </summary>
internal sealed class ForeseenPages
{
    private const int Gone = int.MaxValue;

    private readonly State[] _states;
    private readonly int[] _nextUses;

    /// <summary>The pages of which nothing is known, the one that was used last first; behind all pages, the head.</summary>
    private readonly int[] _next;
    private readonly int[] _previous;

    /// <summary>The others, the one to go first; entries that are out of date are thrown away when they come up.</summary>
    private readonly PriorityQueue<int, int> _known = new(Comparer<int>.Create(static (one, other) => other.CompareTo(one)));

    public ForeseenPages(int pages)
    {
        _states = new State[pages];
        _nextUses = new int[pages];
        _next = new int[pages + 1];
        _previous = new int[pages + 1];
        _next[pages] = _previous[pages] = pages;
    }

    private enum State : byte
    {
        Absent,
        Unknown,
        Known,
    }

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    private int Head => _states.Length;

    /// <summary>Whether a page is in memory.</summary>
    public bool Contains(int page) => _states[page] != State.Absent;

    /// <summary>A page, in memory or not so far, is used. Nothing is known of when it is used next.</summary>
    public void Use(int page)
    {
        Remove(page);
        Count++;
        _states[page] = State.Unknown;
        _next[page] = _next[Head];
        _previous[page] = Head;
        _previous[_next[Head]] = page;
        _next[Head] = page;
    }

    /// <summary>It becomes known when a page is used: the next time, unless an earlier one is known.</summary>
    public void Foresee(int page, int nextUse)
    {
        if (_states[page] == State.Unknown)
        {
            Unlink(page);
            _states[page] = State.Known;
            _nextUses[page] = nextUse;
            _known.Enqueue(page, nextUse);
        }
    }

    /// <summary>It becomes known that a page is unmapped, before it is used unless a use is known.</summary>
    public void ForeseeEnd(int page) => Foresee(page, Gone);

    /// <summary>A page leaves; nothing happens if it is not there.</summary>
    public void Remove(int page)
    {
        if (_states[page] == State.Unknown)
        {
            Unlink(page);
        }

        Count -= Contains(page) ? 1 : 0;
        _states[page] = State.Absent;
    }

    /// <summary>Lets the page go that is to go first; there is one.</summary>
    public void RemoveFittest()
    {
        while (_known.TryPeek(out int page, out int nextUse) && (_states[page] != State.Known || _nextUses[page] != nextUse))
        {
            _known.Dequeue();
        }

        bool isKnown = _known.TryPeek(out int farthest, out int farthestUse);
        Remove(isKnown && (farthestUse == Gone || _previous[Head] == Head) ? farthest : _previous[Head]);
    }

    private void Unlink(int page)
    {
        _next[_previous[page]] = _next[page];
        _previous[_next[page]] = _previous[page];
    }
}
