using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>
/// The generation of every frame of a pool, two bytes each in native memory: written without a lock and without an atomic step by whoever brings a page
/// in, frees one or finds it used; searched with vectors by whoever needs the oldest.
/// </summary>
/// <remarks>
/// <code>
///   0          no page: never found
///   1          the oldest, and whatever would be older
///   2..now     younger and younger; now grows as pages go, and as a walk goes on
/// </code>
/// When the numbers are used up, all move down by half of them. A store that comes meanwhile must not be lost, so this is done by
/// compare-exchange, four frames at a time:
/// <code>
///   fault                                        walk
///                                                word = generations of 4 frames
///   frame 3: generation = now
///                                                exchange word for word - half: it is not that word any more, again
/// </code>
/// A store of the old "now" behind the exchange is above the new one, which counts as the youngest there is.
/// </remarks>
internal sealed unsafe class FrameAges : IDisposable
{
    private const ushort Last = ushort.MaxValue;
    private const ushort Half = 1 << 15;

    private const int VectorBytes = 64;

    private readonly long _frames;

    /// <summary>A multiple of a vector long, so that a search needs no rest.</summary>
    private ushort* _generations;

    /// <summary>The youngest generation. Written by the one who walks.</summary>
    private ushort _now = 2;

    internal FrameAges(long frames)
    {
        // SAFETY: zeroed, freed once in Dispose; indexed only by frame numbers below the count, and by whole vectors below the rounded count.
        _frames = frames;
        nuint length = (((nuint)frames * sizeof(ushort)) + VectorBytes - 1) & ~(nuint)(VectorBytes - 1);
        _generations = (ushort*)NativeMemory.AlignedAlloc(length, VectorBytes);
        NativeMemory.Clear(_generations, length);
    }

    /// <summary>The youngest generation.</summary>
    internal ushort Youngest
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Shared.Read(in _now, this);
    }

    /// <summary>The oldest generation that a page can be in.</summary>
    internal static ushort Oldest => 1;

    /// <summary>The generation of a frame; 0 for one without a page.</summary>
    internal ushort this[FrameNumber frame] => Shared.Read(in _generations[frame.Value], step: "age of frame");

    /// <summary>Puts a frame into a generation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Set(FrameNumber frame, ushort generation) => Shared.Write(ref _generations[frame.Value], generation, step: "age of frame");

    /// <summary>A frame has no page any more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Forget(FrameNumber frame) => Set(frame, 0);

    /// <summary>A new generation begins. One caller at a time.</summary>
    internal void Advance()
    {
        if (_now == Last)
        {
            Shared.Write(ref _now, Half - 1, this);
            MoveDown();
        }

        Shared.Write(ref _now, (ushort)(_now + 1), this);
    }

    /// <summary>Finds frames of the oldest generations.</summary>
    /// <param name="end">Frames from here on have never been used.</param>
    /// <param name="found">Receives the frames with their generations, the oldest first.</param>
    /// <returns>How many were found: as many as there is room for, or all that have pages.</returns>
    internal int FindOldest(long end, Span<AgedFrame> found)
    {
        end = Math.Min(end, _frames);
        int low = Oldest;
        int high = Last;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (CountUpTo((ushort)middle, end) >= found.Length)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        int count = 0;
        Collect(Oldest, (ushort)(low - 1), end, found, ref count);
        MemoryMarshal.Cast<AgedFrame, ulong>(found[..count]).Sort();
        Collect((ushort)low, (ushort)low, end, found, ref count);
        return count;
    }

    /// <summary>How many frames have pages of a generation up to a certain one.</summary>
    internal long CountUpTo(ushort generation, long end)
    {
        long count = 0;
        Vector512<ushort> limit = Vector512.Create((ushort)(generation - 1));
        for (long first = 0; first < end; first += Vector512<ushort>.Count)
        {
            count += BitOperations.PopCount(Mask(first, Vector512<ushort>.One, limit));
        }

        return count;
    }

    /// <summary>Forgets every frame.</summary>
    internal void Reset()
    {
        NativeMemory.Clear(_generations, (nuint)_frames * sizeof(ushort));
        _now = 2;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_generations);
        _generations = null;
    }

    /// <summary>Adds the frames of a range of generations to a list, up to its end.</summary>
    private void Collect(ushort from, ushort to, long end, Span<AgedFrame> found, ref int count)
    {
        if (to < from)
        {
            return;
        }

        Vector512<ushort> lowest = Vector512.Create(from);
        Vector512<ushort> limit = Vector512.Create((ushort)(to - from));
        for (long first = 0; first < end && count < found.Length; first += Vector512<ushort>.Count)
        {
            for (ulong mask = Mask(first, lowest, limit); mask != 0 && count < found.Length; mask &= mask - 1)
            {
                FrameNumber frame = new((ulong)first + (ulong)BitOperations.TrailingZeroCount(mask));
                found[count++] = new AgedFrame(frame, this[frame]);
            }
        }
    }

    // SAFETY: the array is a whole number of vectors long, and first is a multiple of a vector below the number of frames.
    /// <summary>One bit for each of 32 frames whose generation lies between the lowest and so many above it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Mask(long first, Vector512<ushort> lowest, Vector512<ushort> limit) =>
        Vector512.LessThanOrEqual(Vector512.LoadAligned(_generations + first) - lowest, limit).ExtractMostSignificantBits();

    private void MoveDown()
    {
        // SAFETY: the array is aligned and a whole number of words long.
        for (long first = 0; first < _frames; first += sizeof(ulong) / sizeof(ushort))
        {
            ref ulong word = ref *(ulong*)(_generations + first);
            ulong old = Shared.Read(in word, step: "ages of frames");
            while (old != 0)
            {
                ulong seen = Shared.CompareExchange(ref word, MovedDown(old), old, step: "ages of frames");
                if (seen == old)
                {
                    break;
                }

                old = seen;
            }
        }
    }

    private static ulong MovedDown(ulong generations)
    {
        Vector64<ushort> old = Vector64.Create(generations).AsUInt16();
        Vector64<ushort> moved = Vector64.Max(Vector64.SubtractSaturate(old, Vector64.Create(Half)), Vector64.Create(Oldest));
        return Vector64.AndNot(moved, Vector64.Equals(old, Vector64<ushort>.Zero)).AsUInt64().ToScalar();
    }
}
