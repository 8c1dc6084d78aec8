using System.Runtime.CompilerServices;

namespace MmuNotifiers.Primary;

/// <summary>
/// Which page goes next: puts pages into generations when they come and when they are used, and finds the oldest. Knows frames, and pages by an
/// identity that lasts beyond their stay in memory; knows neither ptes nor address spaces, so that a simulator drives it as reclaim does.
/// </summary>
/// <remarks>
/// In this order, walk after walk:
/// <code>
///   a page comes            Arrive, Return or ReadAhead
///   a walk finds it used    Use
///   the walk is over        EndWalk: a generation begins
///   a frame is needed       FindOldest; one that was used meanwhile: Use, and the next
///   a page goes             Evict with what it is known by when it comes back; Leave if nobody will ask for it
/// </code>
/// Everything but <see cref="EndWalk"/> and <see cref="FindOldest"/>, which one caller uses at a time, may be called from any thread.
/// </remarks>
internal sealed class ReplacementPolicy : IDisposable
{
    /// <summary>How many walks a page survives unused in a pool that evicts steadily: the resolution of the order in which pages go.</summary>
    private const int WalksInPool = 64;

    private readonly FrameAges _ages;
    private readonly EvictionHistory _history;

    internal ReplacementPolicy(long frames)
    {
        _ages = new FrameAges(frames);
        _history = new EvictionHistory(frames);
    }

    /// <summary>A frame got a page that was never evicted, or long ago.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Arrive(FrameNumber frame) => _ages.Set(frame, _ages.Youngest);

    /// <summary>A frame got a page that was evicted once, because somebody asked for it.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="identity">What it was evicted under.</param>
    internal void Return(FrameNumber frame, ulong identity)
    {
        _history.Find(identity);
        Arrive(frame);
    }

    /// <summary>A frame got a page that nobody asked for yet.</summary>
    internal void ReadAhead(FrameNumber frame) => _ages.Set(frame, FrameAges.Oldest);

    /// <summary>A page is to be among the first to go.</summary>
    internal void MakeOldest(FrameNumber frame) => _ages.Set(frame, FrameAges.Oldest);

    /// <summary>A page was found used since the last look.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Use(FrameNumber frame)
    {
        if (_ages[frame] != 0)
        {
            _ages.Set(frame, _ages.Youngest);
        }
    }

    /// <summary>A page is to go but cannot, for now: others first.</summary>
    internal void Defer(FrameNumber frame) => Use(frame);

    /// <summary>A page leaves memory.</summary>
    /// <param name="frame">The frame that it has.</param>
    /// <param name="identity">By what it is known when it comes back.</param>
    internal void Evict(FrameNumber frame, ulong identity) => _history.Add(_ages[frame] == 0 ? 0 : identity);

    /// <summary>A frame has no page any more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Leave(FrameNumber frame) => _ages.Forget(frame);

    /// <summary>The generation of a frame, 0 for one without a page: to see whether it changed since it was found.</summary>
    internal byte GenerationOf(FrameNumber frame) => _ages[frame];

    /// <summary>Every pte was looked at.</summary>
    internal void EndWalk() => _ages.Advance();

    /// <summary>Of so many pages, how many may go until the ptes have to be asked again.</summary>
    internal static long PagesPerWalk(long pages) => Math.Max(pages / WalksInPool, 1);

    /// <summary>Finds the pages to go next.</summary>
    /// <param name="end">Frames from here on have never been used.</param>
    /// <param name="found">Receives them in the order in which they shall go.</param>
    /// <returns>How many: as many as there is room for, or all there are.</returns>
    internal int FindOldest(long end, Span<AgedFrame> found) => _ages.FindOldest(end, found);

    /// <summary>Forgets all pages, those that left included.</summary>
    internal void Reset()
    {
        _ages.Reset();
        _history.Reset();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ages.Dispose();
        _history.Dispose();
    }
}
