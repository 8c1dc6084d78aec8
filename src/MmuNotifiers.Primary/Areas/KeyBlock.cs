using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MmuNotifiers.Primary;

/// <summary>
/// The 32 numbers of a node of the <see cref="AreaTree"/>: start addresses in ascending order, or the sizes of gaps. Signed,
/// because vectors compare signed numbers on every machine; addresses stay below 2^63.
/// </summary>
[InlineArray(Length)]
internal struct KeyBlock
{
    /// <summary>How many numbers a block holds.</summary>
    internal const int Length = 32;

    /// <summary>What unused places of a block of start addresses hold: no address reaches it.</summary>
    internal const long Unused = long.MaxValue;

    private long _first;

    /// <summary>A block without keys.</summary>
    internal static KeyBlock Empty
    {
        get
        {
            KeyBlock block = default;
            ((Span<long>)block).Fill(Unused);
            return block;
        }
    }

    /// <summary>How many keys are not above <paramref name="key"/>. May run while another thread changes the block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Rank(ref readonly KeyBlock block, long key)
    {
        if (!Vector256.IsHardwareAccelerated)
        {
            return RankScalar(in block, key);
        }

        ref long first = ref Unsafe.AsRef(in block)._first;
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<long> wanted = Vector512.Create(key);

            // The four loads of eight lie within the 32 numbers of the block.
            ulong low = Vector512.LessThanOrEqual(Vector512.LoadUnsafe(ref first), wanted).ExtractMostSignificantBits()
                | (Vector512.LessThanOrEqual(Vector512.LoadUnsafe(ref first, 8), wanted).ExtractMostSignificantBits() << 8);
            ulong high = Vector512.LessThanOrEqual(Vector512.LoadUnsafe(ref first, 16), wanted).ExtractMostSignificantBits()
                | (Vector512.LessThanOrEqual(Vector512.LoadUnsafe(ref first, 24), wanted).ExtractMostSignificantBits() << 8);
            return BitOperations.PopCount(low | (high << 16));
        }

        Vector256<long> sought = Vector256.Create(key);
        Vector256<long> counts = Vector256<long>.Zero;
        for (nuint index = 0; index < Length; index += 4)
        {
            // A comparison that holds is minus one.
            counts -= Vector256.LessThanOrEqual(Vector256.LoadUnsafe(ref first, index), sought);
        }

        return (int)Vector256.Sum(counts);
    }

    /// <summary>As <see cref="Rank"/>, on machines without vectors.</summary>
    internal static int RankScalar(ref readonly KeyBlock block, long key)
    {
        ReadOnlySpan<long> keys = block;
        int rank = 0;
        for (int step = Length / 2; step > 0; step /= 2)
        {
            if (keys[rank + step - 1] <= key)
            {
                rank += step;
            }
        }

        return rank < Length && keys[rank] <= key ? rank + 1 : rank;
    }

    /// <summary>The largest number of the block.</summary>
    internal static long Max(ref readonly KeyBlock block)
    {
        ref long first = ref Unsafe.AsRef(in block)._first;
        if (Vector512.IsHardwareAccelerated)
        {
            // The four loads of eight lie within the 32 numbers of the block.
            Vector512<long> low = Vector512.Max(Vector512.LoadUnsafe(ref first), Vector512.LoadUnsafe(ref first, 8));
            Vector512<long> high = Vector512.Max(Vector512.LoadUnsafe(ref first, 16), Vector512.LoadUnsafe(ref first, 24));
            Vector512<long> eight = Vector512.Max(low, high);
            Vector256<long> four = Vector256.Max(eight.GetLower(), eight.GetUpper());
            Vector128<long> two = Vector128.Max(four.GetLower(), four.GetUpper());
            return Math.Max(two[0], two[1]);
        }

        return MaxScalar(in block);
    }

    /// <summary>As <see cref="Max"/>, on machines without vectors of 512 bits.</summary>
    internal static long MaxScalar(ref readonly KeyBlock block)
    {
        long largest = long.MinValue;
        foreach (long number in (ReadOnlySpan<long>)block)
        {
            largest = Math.Max(largest, number);
        }

        return largest;
    }
}
