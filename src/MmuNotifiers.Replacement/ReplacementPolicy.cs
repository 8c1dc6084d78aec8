using System.Runtime.CompilerServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Replacement;

/// <summary>
/// Which page goes next: keeps when pages came, were used and went, and finds those that are missed least. Knows frames, and pages by an identity that
/// lasts beyond their stay in memory; knows neither ptes nor address spaces, so that a simulator drives it as reclaim does.
/// </summary>
/// <remarks>
/// In this order, walk after walk:
/// <code>
///   frames are filled         Fill, and for each page Arrive
///   a page comes back         Return, or ReadAhead
///   a walk finds it used      UseInWalk, and EndWalk after the last
///   a frame is needed         NextRule, Find; one that was used meanwhile: Use, and the next
///   a page goes               Evict with what it is known by when it comes back, and Leave
/// </code>
/// Time is counted in pages that came, <see cref="TicksPerPage"/> for each: a generation is what came or was used between two evictions. Three rules take turns,
/// as <see cref="RuleWeights"/> decides. Walking and finding are for one caller at a time, the other members for any thread.
/// </remarks>
internal sealed class ReplacementPolicy : IDisposable
{
    /// <summary>How many ticks pass for each page that comes: the uses that one walk finds have an order, too.</summary>
    internal const int TicksPerPage = 16;

    /// <summary>How many walks there are in a turnover.</summary>
    internal const int WalksInTurnover = 32;

    /// <summary>
    /// For how many turnovers a page that is to go first looks unused: one that is expected back after two is overdue by more than twice as long, which counts
    /// half.
    /// </summary>
    private const uint OldestTurnovers = 7;

    private readonly UseTimes _times;
    private readonly EvictionHistory _history;
    private readonly RuleWeights _weights = new();
    private readonly ReuseStatistics _reuse;
    private readonly long _frames;

    /// <summary>How many pages came: those that filled free frames, and those for which others went.</summary>
    private long _pages = 1;

    /// <summary>When the last walk ended. Written by the one who walks.</summary>
    private uint _walkedAt;

    /// <summary>How many pages this walk found used.</summary>
    private long _usesInWalk;

    /// <summary>How many the last one did.</summary>
    private long _usesInLastWalk;

    internal ReplacementPolicy(long frames)
    {
        _frames = frames;
        _times = new UseTimes(frames);
        _history = new EvictionHistory(frames);
        _reuse = new ReuseStatistics(frames);
    }

    private uint Now
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (uint)(Shared.Read(in _pages, this) * TicksPerPage) | 1;
    }

    /// <summary>No use that was noted so far is later, but that of a deferred page.</summary>
    private uint EndOfTick => Now | (TicksPerPage - 1);

    private uint Turnover => (uint)Math.Min(_frames * TicksPerPage, 1 << 28);

    /// <summary>Of so many pages, how many may go until the ptes have to be asked again.</summary>
    internal static long PagesPerWalk(long pages) => Math.Max(pages / WalksInTurnover, 1);

    /// <summary>Pages are about to come for which none had to go.</summary>
    internal void Fill(int pages) => Shared.Add(ref _pages, pages, this);

    /// <summary>A frame got a page that was never evicted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Arrive(FrameNumber frame)
    {
        _times.SetInterval(frame, 0);
        _times.SetLastUse(frame, Now);
    }

    /// <summary>A frame, which has arrived, got a page that was evicted once, because somebody asked for it.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="identity">What it was evicted under.</param>
    internal void Return(FrameNumber frame, ulong identity)
    {
        uint now = Now;
        if (_history.Take(identity) is { } page)
        {
            uint away = now - page.EvictedAt;
            if (page.Rule is { } rule && away < Turnover)
            {
                _weights.Regret(rule, (double)away / Turnover);
            }

            uint pause = Between(page.LastUse, now);
            uint interval = IntervalAfter(page.Interval, pause);
            _reuse.Note(page.Interval, pause, interval);
            _times.SetInterval(frame, interval);
        }

        _times.SetLastUse(frame, now);
    }

    /// <summary>A frame got a page that nobody asked for yet: it goes before others unless it is used.</summary>
    internal void ReadAhead(FrameNumber frame) => MakeOldest(frame);

    /// <summary>A page is to be among the first to go, by either rule.</summary>
    internal void MakeOldest(FrameNumber frame)
    {
        _times.SetInterval(frame, 0);
        _times.SetLastUse(frame, (Now - (OldestTurnovers * Turnover)) | 1);
    }

    /// <summary>A page was found used since the last look.</summary>
    internal void Use(FrameNumber frame)
    {
        uint now = Now;
        uint lastUse = _times.LastUse(frame);
        if (lastUse != 0)
        {
            uint interval = _times.Interval(frame);
            uint pause = Between(lastUse, now);
            uint next = IntervalAfter(interval, pause);
            _reuse.Note(interval, pause, next);
            _times.SetInterval(frame, next);
            _times.SetLastUse(frame, now);
        }
    }

    /// <summary>A walk found a page used: those that it finds later are younger. One caller at a time.</summary>
    internal void UseInWalk(FrameNumber frame)
    {
        long part = Math.Min(_usesInWalk++ * TicksPerPage / Math.Max(_usesInLastWalk, 1), TicksPerPage - 1);
        uint lastUse = _times.LastUse(frame);
        bool isNew = (int)(lastUse - _walkedAt) > 0;
        if (!isNew && lastUse != 0)
        {
            uint now = ((Now & ~(uint)(TicksPerPage - 1)) + (uint)part) | 1;
            uint interval = _times.Interval(frame);
            uint pause = Between(lastUse, now);
            uint next = IntervalAfter(interval, pause);
            _reuse.NoteInWalk(interval, pause, next);
            _times.SetInterval(frame, next);
            _times.SetLastUse(frame, now);
        }
    }

    /// <summary>Every pte was looked at. One caller at a time.</summary>
    internal void EndWalk()
    {
        long pages = Shared.Read(in _pages, this);
        _walkedAt = (uint)(pages * TicksPerPage) | (TicksPerPage - 1);
        _usesInLastWalk = _usesInWalk;
        _usesInWalk = 0;
        _reuse.EndWalk(pages);
    }

    /// <summary>
    /// A page is to go but cannot, for now: it is not found again before another page came, or <see cref="EndDeferral"/>. So who finds none has
    /// tried all.
    /// </summary>
    internal void Defer(FrameNumber frame)
    {
        if (_times.LastUse(frame) != 0)
        {
            _times.SetLastUse(frame, (EndOfTick + 1) | 1);
        }
    }

    /// <summary>Pages that could not go so far are found again, after all others.</summary>
    internal void EndDeferral() => Fill(1);

    /// <summary>A page is about to go.</summary>
    /// <param name="frame">Its frame.</param>
    /// <param name="rule">By which rule it was chosen; null where another would have chosen it as well, so that it is nobody's mistake.</param>
    internal void Choose(FrameNumber frame, VictimRule? rule) => _times.SetRule(frame, rule);

    /// <summary>A page leaves memory.</summary>
    /// <param name="frame">The frame that it has.</param>
    /// <param name="identity">By what it is known when it comes back; 0 if nobody will ask for it.</param>
    internal void Evict(FrameNumber frame, ulong identity)
    {
        Shared.Add(ref _pages, 1, this);
        if (identity != 0)
        {
            _history.Add(identity, new EvictedPageRecord(_times.LastUse(frame), _times.Interval(frame), Now, _times.Rule(frame)));
        }
    }

    /// <summary>A frame has no page any more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Leave(FrameNumber frame) => _times.SetLastUse(frame, 0);

    /// <summary>When a page was used last, 0 for a frame without one: to see whether it was used since it was found.</summary>
    internal uint LastUse(FrameNumber frame) => _times.LastUse(frame);

    /// <summary>The rule by which the next page is chosen. One caller at a time.</summary>
    internal VictimRule NextRule() => _weights.Next();

    /// <summary>Finds pages of the pool to go. One caller at a time.</summary>
    /// <param name="rule">By which rule.</param>
    /// <param name="end">Frames from here on have never been used.</param>
    /// <param name="victims">Receives them in the order in which they shall go.</param>
    /// <returns>How many: as many as there is room for, or all there are.</returns>
    internal int Find(VictimRule rule, long end, Span<Victim> victims) => _times.Find(new VictimScale(rule, EndOfTick, Turnover, _reuse), end, victims);

    /// <summary>As <see cref="Find(VictimRule, long, Span{Victim})"/>, among certain frames.</summary>
    internal int Find(VictimRule rule, List<FrameNumber> frames, Span<Victim> victims) =>
        _times.Find(new VictimScale(rule, EndOfTick, Turnover, _reuse), frames, victims);

    /// <summary>Forgets all pages, those that left included.</summary>
    internal void Reset()
    {
        _times.Reset();
        _history.Reset();
        _weights.Reset();
        _reuse.Reset();
        _pages = 1;
        _walkedAt = 0;
        _usesInWalk = _usesInLastWalk = 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _times.Dispose();
        _history.Dispose();
    }

    /// <summary>The ticks from one time to another; none where the first lies ahead, as that of a deferred page may.</summary>
    private static uint Between(uint first, uint second) => (uint)Math.Max((int)(second - first), 0);

    /// <summary>
    /// What becomes of an interval when a page is used again: a mean in which older ones fade by nine 32nds with each. Uses that neighbouring walks find are
    /// one use that goes on, and say nothing of when the page will be used after a pause.
    /// </summary>
    private uint IntervalAfter(uint interval, uint pause)
    {
        uint walks = (uint)(PagesPerWalk(_frames) * TicksPerPage);
        return interval == 0 ? pause : pause > 2 * walks ? (uint)(((23UL * interval) + (9UL * pause)) / 32) : interval;
    }
}
