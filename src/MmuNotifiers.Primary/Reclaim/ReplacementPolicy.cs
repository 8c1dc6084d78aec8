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
///   a walk finds it used    UseInWalk; a generation begins after every few pages
///   the walk is over        EndWalk
///   a frame is needed       FindOldest, Tick; one that was used meanwhile: Use, and the next
///   a page goes             Evict with what it is known by when it comes back; Leave if nobody will ask for it
/// </code>
/// Walking, finding and <see cref="Tick"/> are for one caller at a time; the others for any thread.
/// <para>
/// The order is that of the last use as far as walks can tell, which is nearest to exact LRU with accessed bits alone: pages come as the
/// youngest, pages that one walk finds used go in the order in which it found them.
/// </para>
/// </remarks>
internal sealed class ReplacementPolicy : IDisposable
{
    /// <summary>How many walks a page survives unused in a pool that evicts steadily.</summary>
    private const int WalksInPool = 32;

    /// <summary>Into how many generations the pages of a pool are put in one walk, at most; and so many generations begin while all of them go.</summary>
    private const int GenerationsInPool = 256;

    private readonly FrameAges _ages;
    private readonly EvictionHistory _history;

    /// <summary>How many pages share a generation.</summary>
    private readonly long _pagesInGeneration;

    /// <summary>How many the youngest has.</summary>
    private long _pagesInYoungest;

    internal ReplacementPolicy(long frames)
    {
        _ages = new FrameAges(frames);
        _history = new EvictionHistory(frames);
        _pagesInGeneration = Math.Max(1, frames / GenerationsInPool);
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

    /// <summary>A walk found a page used: those that it finds later are younger.</summary>
    internal void UseInWalk(FrameNumber frame)
    {
        Use(frame);
        Tick(1);
    }

    /// <summary>Time passes: so many pages went, so that about as many come.</summary>
    internal void Tick(int pages)
    {
        _pagesInYoungest += pages;
        if (_pagesInYoungest >= _pagesInGeneration)
        {
            _pagesInYoungest = 0;
            _ages.Advance();
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
    internal ushort GenerationOf(FrameNumber frame) => _ages[frame];

    /// <summary>Every pte was looked at.</summary>
    internal void EndWalk()
    {
        _pagesInYoungest = 0;
        _ages.Advance();
    }

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
