using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Replacement;

/// <summary>
/// When each frame's page was used last, and how long after the use before: two words for each frame in native memory. Written without a lock
/// and without an atomic step by whoever brings a page in, frees one or finds it used; searched with vectors by whoever needs pages to go.
/// </summary>
/// <remarks>
/// Times are those of <see cref="ReplacementPolicy"/>, modulo 2^32. A last use of 0 is that of a frame without a page, which is never found. What
/// is read is a hint: a store that comes meanwhile makes one page more or less be found.
/// </remarks>
internal sealed unsafe class UseTimes : IDisposable
{
    private const int VectorBytes = 64;

    /// <summary>So many times the pages that are wanted are kept while more are looked at.</summary>
    private const int KeptPerWanted = 4;

    private readonly long _frames;
    private uint* _lastUses;
    private uint* _intervals;

    /// <summary>What a search found so far: score in the upper half, frame in the lower.</summary>
    private ulong[] _found = [];

    internal UseTimes(long frames)
    {
        // SAFETY: zeroed, freed once in Dispose; indexed by frame numbers below the count, and by whole vectors below the count rounded up to them.
        _frames = frames;
        _lastUses = Allocate(frames);
        _intervals = Allocate(frames);
    }

    /// <summary>When a page was used last; 0 for a frame without one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal uint LastUse(FrameNumber frame) => Shared.Read(in _lastUses[frame.Value], step: "last use of frame");

    /// <summary>How long after the use before it the last one came, to four ticks; 0 if that is unknown.</summary>
    internal uint Interval(FrameNumber frame) => RawInterval(frame) & ~VictimScale.RuleMask;

    /// <summary>By which rule a page was chosen to go; null for none.</summary>
    internal VictimRule? Rule(FrameNumber frame)
    {
        uint rule = RawInterval(frame) & VictimScale.RuleMask;
        return rule == 0 ? null : (VictimRule)(rule - 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void SetLastUse(FrameNumber frame, uint time) => Shared.Write(ref _lastUses[frame.Value], time, step: "last use of frame");

    /// <summary>Sets the interval; by which rule the page was chosen is forgotten.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void SetInterval(FrameNumber frame, uint interval) =>
        Shared.Write(ref _intervals[frame.Value], interval & ~VictimScale.RuleMask, step: "interval of frame");

    /// <summary>Notes by which rule a page was chosen to go.</summary>
    internal void SetRule(FrameNumber frame, VictimRule? rule) =>
        Shared.Write(ref _intervals[frame.Value], Interval(frame) | (rule is { } chosen ? (uint)chosen + 1 : 0), step: "interval of frame");

    /// <summary>Finds the pages of a pool that are fittest to go. One caller at a time.</summary>
    /// <param name="scale">By what rule, and at what time.</param>
    /// <param name="end">Frames from here on have never been used.</param>
    /// <param name="victims">Receives them, the fittest first.</param>
    /// <returns>How many: as many as there is room for, or all there are.</returns>
    internal int Find(in VictimScale scale, long end, Span<Victim> victims)
    {
        Prepare(victims.Length);
        int count = 0;
        uint least = 1;
        end = Math.Min(end, _frames);
        for (long first = 0; first < end; first += Vector512<uint>.Count)
        {
            // SAFETY: the arrays are whole vectors long, and first is a multiple of one.
            Vector512<uint> lastUses = Vector512.LoadAligned(_lastUses + first);
            Vector512<uint> scores = scale.Score(lastUses, Vector512.LoadAligned(_intervals + first));
            Vector512<uint> isFit = Vector512.GreaterThanOrEqual(scores, Vector512.Create(least)) & ~Vector512.Equals(lastUses, Vector512<uint>.Zero);
            for (ulong mask = isFit.ExtractMostSignificantBits(); mask != 0; mask &= mask - 1)
            {
                int lane = BitOperations.TrailingZeroCount(mask);
                Add(scores.GetElement(lane), (ulong)(first + lane), victims.Length, ref count, ref least);
            }
        }

        return Take(count, victims);
    }

    /// <summary>As <see cref="Find(in VictimScale, long, Span{Victim})"/>, among certain frames.</summary>
    internal int Find(in VictimScale scale, List<FrameNumber> frames, Span<Victim> victims)
    {
        Prepare(victims.Length);
        int count = 0;
        uint least = 1;
        foreach (FrameNumber frame in frames)
        {
            uint lastUse = LastUse(frame);
            uint score = scale.Score(lastUse, RawInterval(frame));
            if (lastUse != 0 && score >= least)
            {
                Add(score, frame.Value, victims.Length, ref count, ref least);
            }
        }

        return Take(count, victims);
    }

    /// <summary>Forgets every frame.</summary>
    internal void Reset()
    {
        NativeMemory.Clear(_lastUses, (nuint)_frames * sizeof(uint));
        NativeMemory.Clear(_intervals, (nuint)_frames * sizeof(uint));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_lastUses);
        NativeMemory.AlignedFree(_intervals);
        _lastUses = _intervals = null;
    }

    private static uint* Allocate(long frames)
    {
        nuint bytes = (((nuint)frames * sizeof(uint)) + VectorBytes - 1) & ~(nuint)(VectorBytes - 1);
        uint* array = (uint*)NativeMemory.AlignedAlloc(bytes, VectorBytes);
        NativeMemory.Clear(array, bytes);
        return array;
    }

    private uint RawInterval(FrameNumber frame) => Shared.Read(in _intervals[frame.Value], step: "interval of frame");

    private void Prepare(int wanted)
    {
        if (_found.Length < wanted * KeptPerWanted)
        {
            _found = new ulong[wanted * KeptPerWanted];
        }
    }

    /// <summary>Keeps a page; where there is no room left, only the fittest of those that were kept, and the bar is raised to them.</summary>
    private void Add(uint score, ulong frame, int wanted, ref int count, ref uint least)
    {
        int room = wanted * KeptPerWanted;
        _found[count++] = ((ulong)score << 32) | frame;
        if (count == room)
        {
            Selection.MoveGreatestToFront(_found.AsSpan(0, count), wanted);
            count = wanted;
            least = Math.Max(least, (uint)(_found[wanted - 1] >> 32));
        }
    }

    private int Take(int count, Span<Victim> victims)
    {
        Span<ulong> found = _found.AsSpan(0, count);
        int taken = Math.Min(count, victims.Length);
        Selection.MoveGreatestToFront(found, taken);
        found[..taken].Sort();
        for (int i = 0; i < taken; i++)
        {
            uint frame = (uint)found[taken - 1 - i];
            victims[i] = new Victim(frame, LastUse(new FrameNumber(frame)));
        }

        return taken;
    }
}
