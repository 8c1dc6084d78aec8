using System.Numerics;
using System.Runtime.InteropServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>
/// Which pages were evicted lately, and how many others since (Linux: shadow entries of the working set). A table of native memory in
/// which a page may displace another: forgetting costs a page its advantage, nothing else.
/// </summary>
/// <remarks>An entry is one word, the page's mark in the upper half and the number of the eviction in the lower.</remarks>
internal sealed unsafe class EvictionHistory : IDisposable
{
    private const ulong Spread = 0x9e37_79b9_7f4a_7c15;

    private readonly int _shift;
    private ulong* _entries;

    /// <summary>How many pages were evicted.</summary>
    private long _evictions;

    internal EvictionHistory(long frames)
    {
        // SAFETY: zeroed, freed once in Dispose; indexed by the upper bits of a product, as many as the table is wide.
        int bits = Math.Max(1, BitOperations.Log2((ulong)Math.Max(frames, 2) * 4 - 1));
        _shift = 64 - bits;
        _entries = (ulong*)NativeMemory.AllocZeroed((nuint)1 << bits, sizeof(ulong));
    }

    /// <summary>How many pages were evicted.</summary>
    internal long Evictions => Shared.Read(in _evictions, this);

    /// <summary>A page was evicted.</summary>
    internal void Add(ulong identity)
    {
        long number = Shared.Add(ref _evictions, 1, this);
        ulong product = identity * Spread;
        Shared.Write(ref _entries[product >> _shift], MarkOf(product) | (uint)number, step: "evicted page");
    }

    /// <summary>How many pages were evicted since a page was, itself included; null if that is forgotten. The page is forgotten.</summary>
    internal long? Find(ulong identity)
    {
        ulong product = identity * Spread;
        ref ulong entry = ref _entries[product >> _shift];
        ulong found = Shared.Read(in entry, step: "evicted page");
        if (found == 0 || (found & ~(ulong)uint.MaxValue) != MarkOf(product))
        {
            return null;
        }

        Shared.Write(ref entry, 0UL, step: "evicted page");
        return (uint)Evictions - (uint)found + 1;
    }

    /// <summary>Forgets all pages.</summary>
    internal void Reset()
    {
        NativeMemory.Clear(_entries, ((nuint)1 << (64 - _shift)) * sizeof(ulong));
        _evictions = 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_entries);
        _entries = null;
    }

    /// <summary>The bits of a product that do not say where its entry lies, or few of them; never zero.</summary>
    private static ulong MarkOf(ulong product) => (product << 32) | (1UL << 32);
}
