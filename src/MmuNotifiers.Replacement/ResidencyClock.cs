using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Replacement;

/// <summary>
/// When each page came, in ticks of a quarter of the minimum residency, one byte each: whoever brings a page in stores the tick that reclaim
/// last read, so that a fault reads no clock.
/// </summary>
/// <remarks>
/// <code>
///   fault                              reclaim
///                                      tick = time / quarter
///   page comes; its tick = tick
///                                      tick = time / quarter
///                                      tick - page's tick at most 4: it stays
/// </code>
/// A tick that is out of date, because nobody reclaimed for long, makes a page look as if it had come earlier. It is the youngest all the same, and
/// where pages go one after the other, which is where this matters, the tick is that of the last one. The byte wraps around: one in 51 of the old pages is left
/// alone for a moment without need.
/// </remarks>
internal sealed unsafe class ResidencyClock : IDisposable
{
    /// <summary>How many ticks the minimum residency is long.</summary>
    private const int Ticks = 4;

    private readonly long _tickLength;
    private byte* _arrivals;
    private byte _tick;

    internal ResidencyClock(long frames, TimeSpan minimum)
    {
        // SAFETY: zeroed, freed once in Dispose; indexed only by frame numbers below the count.
        _arrivals = (byte*)NativeMemory.AllocZeroed((nuint)frames);
        IsOff = minimum == TimeSpan.Zero;
        _tickLength = Math.Max(1, (long)(minimum.TotalSeconds / Ticks * SharedClock.Frequency));
    }

    /// <summary>Whether pages may go as soon as they have come.</summary>
    internal bool IsOff { get; }

    /// <summary>A page came.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Note(FrameNumber frame) => Shared.Write(ref _arrivals[frame.Value], Shared.Read(in _tick, this), step: "arrival of page");

    /// <summary>Reads the time, for <see cref="IsRecent"/> and for the pages that come from now on.</summary>
    internal void Update() => Shared.Write(ref _tick, (byte)(SharedClock.GetTimestamp() / _tickLength), this);

    /// <summary>Whether a page came less than the minimum residency ago, at the time of the last update.</summary>
    internal bool IsRecent(FrameNumber frame) =>
        !IsOff && (byte)(_tick - Shared.Read(in _arrivals[frame.Value], step: "arrival of page")) <= Ticks;

    /// <summary>Lets a tick pass. Under no lock but perhaps a map lock.</summary>
    internal void Wait() => SharedClock.Wait(_tickLength);

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_arrivals);
        _arrivals = null;
    }
}
