using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux;

/// <summary>
/// The frames of a window: as many as pages may be resident. A frame is the right to be resident, numbered so that subscribers and the choice of victims
/// can name it; where its bytes lie follows from the page that has it. Guarded by the gate of its <see cref="PagedMemory"/>, except for
/// <see cref="PageOf"/>.
/// </summary>
internal sealed unsafe class FrameTable : IDisposable
{
    private readonly int _frames;

    /// <summary>Frames without a page; the last is taken first.</summary>
    private readonly int[] _free;

    /// <summary>Which page has each frame.</summary>
    private int* _pages;

    /// <summary>How many of the free frames pages were evicted from, rather than never having had one.</summary>
    private long _evicted;

    internal FrameTable(int frames)
    {
        // SAFETY: freed once in Dispose; indexed only by frame numbers below the count.
        _frames = frames;
        _pages = (int*)NativeMemory.AllocZeroed((nuint)frames, sizeof(int));
        _free = new int[frames];
        for (int i = 0; i < frames; i++)
        {
            _free[i] = frames - 1 - i;
        }

        Free = frames;
    }

    /// <summary>How many frames there are.</summary>
    internal int Count => _frames;

    /// <summary>How many frames have no page.</summary>
    internal int Free { get; private set; }

    /// <summary>How many have one, pages on their way included.</summary>
    internal int Used => _frames - Free;

    /// <summary>One more than the highest frame that ever had a page.</summary>
    internal int End { get; private set; }

    /// <summary>Takes a frame for a page.</summary>
    /// <param name="page">The page.</param>
    /// <param name="isNew">Whether no page had to go for it.</param>
    /// <returns>The frame; there must be one.</returns>
    internal int Take(int page, out bool isNew)
    {
        int frame = _free[--Free];
        isNew = _evicted == 0;
        _evicted -= isNew ? 0 : 1;
        End = Math.Max(End, frame + 1);
        Volatile.Write(ref _pages[frame], page);
        return frame;
    }

    /// <summary>Gives a frame back.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="isEvicted">Whether a page went so that another may come.</param>
    internal void Return(int frame, bool isEvicted)
    {
        _free[Free++] = frame;
        _evicted += isEvicted ? 1 : 0;
    }

    /// <summary>Which page has a frame, or had it last. Without the gate: right for as long as the caller's translation is valid.</summary>
    internal int PageOf(FrameNumber frame)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(frame.Value, (ulong)_frames, nameof(frame));
        return Volatile.Read(ref _pages[frame.Value]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_pages);
        _pages = null;
    }
}
