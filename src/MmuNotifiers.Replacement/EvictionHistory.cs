using System.Numerics;
using System.Runtime.InteropServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Replacement;

/// <summary>
/// What is remembered of pages that were evicted (Linux: shadow entries of the working set). A table of native memory in which a page may displace
/// another: to be forgotten costs a page its past, nothing else. Read and written without a lock.
/// </summary>
/// <remarks>
/// An entry is two words, of which the first is written last and read first:
/// <code>
///   word 0   page's mark (30 bits), rule (2), evicted at (32)
///   word 1   last use (32), interval (32)
/// </code>
/// Two threads that write one entry at once may mix two pages; then the past of one page is taken for that of another, which is a hint like any other.
/// </remarks>
internal sealed unsafe class EvictionHistory : IDisposable
{
    private const ulong Spread = 0x9e37_79b9_7f4a_7c15;
    private const ulong MarkMask = 0xffff_fffc_0000_0000;
    private const int RuleShift = 32;

    private readonly int _shift;
    private ulong* _entries;

    internal EvictionHistory(long frames)
    {
        // SAFETY: zeroed, freed once in Dispose; indexed by the upper bits of a product, as many as the table is wide.
        int bits = BitOperations.Log2((ulong)Math.Max(frames, 8)) + 1;
        _shift = 64 - bits;
        _entries = (ulong*)NativeMemory.AllocZeroed((nuint)2 << bits, sizeof(ulong));
    }

    /// <summary>Remembers a page.</summary>
    internal void Add(ulong identity, EvictedPageRecord page)
    {
        ulong product = identity * Spread;
        ulong* entry = _entries + (2 * (product >> _shift));
        ulong rule = page.Rule is { } chosen ? (ulong)chosen + 1 : 0;
        Shared.Write(ref entry[1], ((ulong)page.LastUse << 32) | page.Interval, step: "evicted page");
        Shared.Write(ref entry[0], MarkOf(product) | (rule << RuleShift) | page.EvictedAt, step: "evicted page");
    }

    /// <summary>What is remembered of a page; null if it is forgotten, as it is from now on.</summary>
    internal EvictedPageRecord? Take(ulong identity)
    {
        ulong product = identity * Spread;
        ulong* entry = _entries + (2 * (product >> _shift));
        ulong first = Shared.Read(in entry[0], step: "evicted page");
        if (first == 0 || (first & MarkMask) != MarkOf(product))
        {
            return null;
        }

        ulong second = Shared.Read(in entry[1], step: "evicted page");
        Shared.Write(ref entry[0], 0UL, step: "evicted page");
        ulong rule = (first >> RuleShift) & 3;
        return new EvictedPageRecord((uint)(second >> 32), (uint)second, (uint)first, rule == 0 ? null : (VictimRule)(rule - 1));
    }

    /// <summary>Forgets all pages.</summary>
    internal void Reset() => NativeMemory.Clear(_entries, ((nuint)2 << (64 - _shift)) * sizeof(ulong));

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_entries);
        _entries = null;
    }

    /// <summary>Bits of a product that are not those of its place, never all zero.</summary>
    private static ulong MarkOf(ulong product) => ((product << 34) & MarkMask) | (1UL << 63);
}
