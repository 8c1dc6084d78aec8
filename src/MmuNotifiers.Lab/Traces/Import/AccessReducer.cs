namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>
/// Leaves out accesses that no memory larger than a window of pages could tell: of three successive accesses to a page the middle one, if fewer other
/// pages than the window holds were accessed between the first and the last. The page stays among the most recent ones throughout, so
/// that the misses of LRU and of Belady's optimum are exactly those of all accesses, for every memory of at least as many
/// frames as the window (safely allowed drop: Kaplan, Smaragdakis, Wilson, SIGMETRICS 1999). What was done with the page
/// in an access that is left out is added to the next one that is kept.
/// </summary>
/// <remarks>
/// Memory is bounded by the window: the most recent pages by recency, and accesses that wait behind one whose fate is open, at most three a page.
/// <code>
///   first ... middle ... last                 fewer than the window's pages between: the middle one goes
///     |________________|   |
///      the page never leaves the window
/// </code>
/// </remarks>
internal sealed class AccessReducer
{
    private const int None = -1;

    /// <summary>How many other pages make an access worth keeping.</summary>
    private readonly int _window;

    /// <summary>The pages that were accessed last, the most recent first; one more than the window, so that the page at hand need not count.</summary>
    private readonly ulong[] _recent;
    private readonly RecentPage[] _states;
    private int _recentCount;

    private Waiting[] _waiting = new Waiting[64];
    private int _waitingUsed;
    private int _head = None;
    private int _tail = None;
    private int _free = None;
    private long _time;

    /// <summary>Makes a reducer.</summary>
    /// <param name="windowPages">Memories of fewer frames are not told apart; 1 merges only accesses that follow each other.</param>
    public AccessReducer(int windowPages)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(windowPages, 1);
        _window = windowPages;
        _recent = new ulong[windowPages + 1];
        _states = new RecentPage[windowPages + 1];
    }

    /// <summary>For how many accesses there is room to wait.</summary>
    internal int WaitingCapacity => _waiting.Length;

    /// <summary>How many accesses to another page than the one before there were.</summary>
    public long Accesses => _time;

    /// <summary>Takes an access.</summary>
    /// <param name="pageNumber">The page.</param>
    /// <param name="kinds">What was done.</param>
    /// <param name="stamp">When, in instructions.</param>
    public void Add(ulong pageNumber, PageAccessKinds kinds, long stamp)
    {
        if (_recentCount > 0 && _recent[0] == pageNumber)
        {
            _waiting[_states[0].Node].Kinds |= kinds;
            return;
        }

        int place = _recent.AsSpan(0, _recentCount).IndexOf(pageNumber);
        RecentPage state = place < 0 ? default : _states[place];
        if (place >= 0)
        {
            if (state.BeforeTime > 0 && state.Node != None && state.BeforeTime >= OldestTimeInWindow(place))
            {
                kinds |= Drop(state.Node);
            }
            else
            {
                state.BeforeTime = state.Time;
            }
        }

        state.Time = ++_time;
        state.Node = Append(pageNumber, kinds, stamp);
        MoveToFront(place, pageNumber, state);
    }

    /// <summary>Takes the first access that waits, if its fate is decided.</summary>
    public bool TryTake(out PageAccess access, out long stamp)
    {
        if (_head == None || IsOpen(_waiting[_head]))
        {
            access = default;
            stamp = 0;
            return false;
        }

        TakeHead(out access, out stamp);
        return true;
    }

    /// <summary>Takes the first access that waits, decided or not: nothing that was seen so far may be joined with what comes.</summary>
    public bool TryDrain(out PageAccess access, out long stamp)
    {
        _recentCount = 0;
        if (_head == None)
        {
            access = default;
            stamp = 0;
            return false;
        }

        TakeHead(out access, out stamp);
        return true;
    }

    /// <summary>A page whose access before stands at this time or later has stayed in the window; 0 while the window is not full.</summary>
    private long OldestTimeInWindow(int place)
    {
        int other = place < _window ? _window : _window - 1;
        return other < _recentCount ? _states[other].Time : 0;
    }

    private void MoveToFront(int place, ulong pageNumber, RecentPage state)
    {
        int moved = place >= 0 ? place : Math.Min(_recentCount, _recent.Length - 1);
        if (place < 0 && _recentCount < _recent.Length)
        {
            _recentCount++;
        }

        _recent.AsSpan(0, moved).CopyTo(_recent.AsSpan(1));
        _states.AsSpan(0, moved).CopyTo(_states.AsSpan(1));
        _recent[0] = pageNumber;
        _states[0] = state;
    }

    /// <summary>Whether a later access to its page may still leave it out.</summary>
    private bool IsOpen(in Waiting waiting)
    {
        int place = _recent.AsSpan(0, _recentCount).IndexOf(waiting.PageNumber);
        if (place < 0)
        {
            return false;
        }

        ref RecentPage state = ref _states[place];
        return state.Node == _head && (place == 0 || (state.BeforeTime > 0 && state.BeforeTime >= OldestTimeInWindow(place)));
    }

    private int Append(ulong pageNumber, PageAccessKinds kinds, long stamp)
    {
        int node = _free;
        if (node != None)
        {
            _free = _waiting[node].Next;
        }
        else
        {
            node = _waitingUsed++;
            if (node == _waiting.Length)
            {
                Array.Resize(ref _waiting, node * 2);
            }
        }

        _waiting[node] = new Waiting { PageNumber = pageNumber, Kinds = kinds, Stamp = stamp, Next = None, Previous = _tail };
        if (_tail != None)
        {
            _waiting[_tail].Next = node;
        }

        _head = _head == None ? node : _head;
        _tail = node;
        return node;
    }

    private PageAccessKinds Drop(int node)
    {
        ref Waiting dropped = ref _waiting[node];
        if (dropped.Previous != None)
        {
            _waiting[dropped.Previous].Next = dropped.Next;
        }

        if (dropped.Next != None)
        {
            _waiting[dropped.Next].Previous = dropped.Previous;
        }

        _head = _head == node ? dropped.Next : _head;
        _tail = _tail == node ? dropped.Previous : _tail;
        dropped.Next = _free;
        _free = node;
        return dropped.Kinds;
    }

    private void TakeHead(out PageAccess access, out long stamp)
    {
        Waiting taken = _waiting[_head];
        int place = _recent.AsSpan(0, _recentCount).IndexOf(taken.PageNumber);
        if (place >= 0 && _states[place].Node == _head)
        {
            _states[place].Node = None;
        }

        access = new PageAccess(VirtualAddress.OfPage(taken.PageNumber), taken.Kinds);
        stamp = taken.Stamp;
        Drop(_head);
    }

    /// <summary>What is known of a recent page.</summary>
    private struct RecentPage
    {
        /// <summary>When it was accessed last, counted in accesses.</summary>
        public long Time;

        /// <summary>When the kept access before that was; 0 for none.</summary>
        public long BeforeTime;

        /// <summary>Its last access among those that wait; none if that was given out.</summary>
        public int Node;
    }

    /// <summary>An access that waits, in a list by time.</summary>
    private struct Waiting
    {
        public ulong PageNumber;
        public long Stamp;
        public PageAccessKinds Kinds;
        public int Next;
        public int Previous;
    }
}
