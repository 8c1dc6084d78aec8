using System.Numerics;
using System.Runtime.CompilerServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary.Registration;

/// <summary>
/// From a page to its region: leaves of 512 neighbouring pages, found by a hash of their number. Looked up without a lock; changed
/// under the cache's lock. A look-up is a probe and a load, however many regions there are.
/// </summary>
/// <remarks>
/// A reader may go on with a table or a leaf that is no longer the directory's. Such a leaf was empty when it left, so the reader finds
/// nothing there, or sees at its second look that what it found is gone.
/// </remarks>
internal sealed class RegionDirectory
{
    private const int LeafShift = 9;
    private const ulong LeafMask = (1UL << LeafShift) - 1;
    private const int FirstCapacity = 16;

    /// <summary>Open addressing, at most half full, sizes of powers of two. Replaced under the cache's lock; read without it.</summary>
    private Bucket[] _buckets = new Bucket[FirstCapacity];

    /// <summary>Buckets in use, empty leaves included. Guarded by the cache's lock.</summary>
    private int _used;

    /// <summary>The leaf in which a page's slot lies; null if none of its pages is in a region.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ulong[]? FindLeaf(ulong pageNumber)
    {
        Bucket[] buckets = Shared.Read(in _buckets, this);
        ulong key = pageNumber >> LeafShift;
        for (int at = Hash(key, buckets.Length); ; at = (at + 1) & (buckets.Length - 1))
        {
            ulong[]? leaf = Shared.Read(in buckets[at].Leaf, buckets);
            if (leaf is null || buckets[at].Key == key)
            {
                return leaf;
            }
        }
    }

    /// <summary>Where a page's slot lies in its leaf.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int IndexOf(ulong pageNumber) => (int)(pageNumber & LeafMask);

    /// <summary>What the directory says of a page.</summary>
    internal RegionSlot Find(ulong pageNumber) =>
        FindLeaf(pageNumber) is { } leaf ? new RegionSlot(Shared.Read(in leaf[IndexOf(pageNumber)], leaf)) : RegionSlot.None;

    /// <summary>Enters every page of a region; what was said of them is overwritten. Under the cache's lock.</summary>
    internal void Enter(AddressRange range, int index, AccessRights rights)
    {
        ulong end = range.Start.PageNumber + range.Pages;
        for (ulong page = range.Start.PageNumber; page < end;)
        {
            ulong[] leaf = EnsureLeaf(page);
            ulong stop = Math.Min(end, (page | LeafMask) + 1);
            for (; page < stop; page++)
            {
                Shared.Write(ref leaf[IndexOf(page)], RegionSlot.Of(index, rights, end - page).Value, leaf);
            }
        }
    }

    /// <summary>Takes every page out that belongs to a region. Under the cache's lock.</summary>
    internal void Remove(AddressRange range, int index)
    {
        ulong end = range.Start.PageNumber + range.Pages;
        for (ulong page = range.Start.PageNumber; page < end; page++)
        {
            ulong[]? leaf = FindLeaf(page);
            if (leaf is not null && new RegionSlot(leaf[IndexOf(page)]) is { IsNone: false } slot && slot.Index == index)
            {
                Shared.Write(ref leaf[IndexOf(page)], RegionSlot.None.Value, leaf);
            }
        }
    }

    private ulong[] EnsureLeaf(ulong pageNumber)
    {
        if (FindLeaf(pageNumber) is { } found)
        {
            return found;
        }

        if ((_used + 1) * 2 > _buckets.Length)
        {
            Rebuild();
        }

        ulong[] leaf = new ulong[1 << LeafShift];
        Insert(_buckets, pageNumber >> LeafShift, leaf);
        _used++;
        return leaf;
    }

    /// <summary>Makes a table without the empty leaves, with room for as many again.</summary>
    private void Rebuild()
    {
        Bucket[] live = Array.FindAll(_buckets, bucket => bucket.Leaf is { } leaf && leaf.AsSpan().ContainsAnyExcept(0UL));
        Bucket[] next = new Bucket[Math.Max(FirstCapacity, (int)BitOperations.RoundUpToPowerOf2((uint)(live.Length + 1) * 4))];
        foreach (Bucket bucket in live)
        {
            Insert(next, bucket.Key, bucket.Leaf!);
        }

        _used = live.Length;
        Shared.Write(ref _buckets, next, this);
    }

    private static void Insert(Bucket[] buckets, ulong key, ulong[] leaf)
    {
        int at = Hash(key, buckets.Length);
        while (buckets[at].Leaf is not null)
        {
            at = (at + 1) & (buckets.Length - 1);
        }

        // Pairs with the load in FindLeaf: who sees the leaf sees its key.
        buckets[at].Key = key;
        Shared.Write(ref buckets[at].Leaf, leaf, buckets);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Hash(ulong key, int length) => (int)((key * 0x9e37_79b9_7f4a_7c15) >> 40) & (length - 1);

    private struct Bucket
    {
        internal ulong Key;
        internal ulong[]? Leaf;
    }
}
