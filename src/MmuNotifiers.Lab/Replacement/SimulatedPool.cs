using MmuNotifiers.Replacement;

namespace MmuNotifiers.Lab.Replacement;

/// <summary>A pool of frames whose pages go as reclaim would have them go.</summary>
internal sealed class SimulatedPool : IDisposable
{
    private const int None = -1;

    private readonly ReplacementPolicy _policy;
    private readonly ResidencyClock _residency;
    private readonly SimulatedVictims _victims;
    private readonly FrameNumber[] _chosen;
    private readonly Stack<int> _freed = [];
    private readonly int[] _frameOf;
    private readonly bool[] _wasResident;
    private readonly int[] _pageIn;
    private readonly bool[] _isAccessed;
    private int _usedEnd;

    public SimulatedPool(PageReferences references, int frames)
    {
        _pageIn = new int[frames];
        _policy = new ReplacementPolicy(frames);
        _residency = new ResidencyClock(frames, TimeSpan.Zero);
        _victims = new SimulatedVictims(this, _policy, _residency);
        _chosen = new FrameNumber[_victims.PagesAtOnce(frames)];
        _frameOf = new int[references.Pages];
        _wasResident = new bool[references.Pages];
        _isAccessed = new bool[frames];
        PagesByAddress = references.PagesByAddress;
        Array.Fill(_frameOf, None);
        Array.Fill(_pageIn, None);
    }

    /// <summary>How many accesses found their page gone though it was there before.</summary>
    public long Refaults { get; private set; }

    public int Frames => _pageIn.Length;

    /// <summary>The order in which a walk comes by the pages.</summary>
    public ReadOnlyMemory<int> PagesByAddress { get; }

    /// <summary>A page is accessed.</summary>
    public void Access(int page)
    {
        int frame = _frameOf[page];
        if (frame == None)
        {
            frame = BringIn(page);
        }

        _isAccessed[frame] = true;
    }

    /// <summary>A page is gone for good.</summary>
    public void Leave(int page)
    {
        if (_frameOf[page] is not None and var frame)
        {
            Free(new FrameNumber((ulong)frame));
        }
    }

    /// <summary>The frame of a page that was accessed since the last question; null for every other page.</summary>
    public FrameNumber? TakeAccessed(int page)
    {
        int frame = _frameOf[page];
        if (frame == None || !_isAccessed[frame])
        {
            return null;
        }

        _isAccessed[frame] = false;
        return new FrameNumber((ulong)frame);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _policy.Dispose();
        _residency.Dispose();
    }

    private int BringIn(int page)
    {
        int frame = TakeFrame();
        _frameOf[page] = frame;
        _pageIn[frame] = page;
        _policy.Arrive(new FrameNumber((ulong)frame));
        if (_wasResident[page])
        {
            Refaults++;
            _policy.Return(new FrameNumber((ulong)frame), IdentityOf(page));
        }

        _wasResident[page] = true;
        return frame;
    }

    private int TakeFrame()
    {
        if (_usedEnd < Frames)
        {
            _policy.Fill(1);
            return _usedEnd++;
        }

        for (ReclaimEffort effort = default; _freed.Count == 0;)
        {
            effort = effort.After(Step(effort), Frames);
        }

        return _freed.Pop();
    }

    private ReclaimStep Step(ReclaimEffort effort)
    {
        int chosen = _victims.Choose(_chosen, effort, out int recent);
        int freed = 0;
        foreach (FrameNumber frame in _chosen.AsSpan(0, chosen))
        {
            int page = _pageIn[frame.Value];
            if (!effort.TakesUsedPages && TakeAccessed(page) is not null)
            {
                _policy.Use(frame);
                continue;
            }

            _policy.Evict(frame, IdentityOf(page));
            Free(frame);
            freed++;
        }

        return new ReclaimStep(freed, chosen, recent);
    }

    private void Free(FrameNumber frame)
    {
        _policy.Leave(frame);
        _frameOf[_pageIn[frame.Value]] = None;
        _pageIn[frame.Value] = None;
        _isAccessed[frame.Value] = false;
        _freed.Push((int)frame.Value);
    }

    /// <summary>What a page is known by when it comes back; never 0.</summary>
    private static ulong IdentityOf(int page) => (ulong)page + 1;
}
