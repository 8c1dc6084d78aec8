namespace MmuNotifiers.Primary;

/// <summary>
/// A node of the <see cref="AreaTree"/>. Changed in place under the map lock while readers without it look on: what they may
/// meet is a key beside the wrong slot, or a slot that is null; never a slot of the wrong kind, since a node stays leaf or inner.
/// </summary>
internal sealed class AreaNode(bool isLeaf)
{
    internal const int Capacity = KeyBlock.Length;

    /// <summary>
    /// In a leaf the start of each area; above, the first key of each child.
    /// Written under the map lock with the sequence odd.
    /// </summary>
    internal KeyBlock Keys = KeyBlock.Empty;

    /// <summary>Areas or child nodes; null behind <see cref="Count"/>. Written under the map lock with the sequence odd.</summary>
    internal SlotBlock Slots;

    /// <summary>
    /// In a leaf, how many bytes lie free below each area; above, the largest number of the child; zero behind
    /// <see cref="Count"/>. Guarded by the map lock.
    /// </summary>
    internal KeyBlock Gaps;

    /// <summary>Whether the slots hold areas.</summary>
    internal bool IsLeaf { get; } = isLeaf;

    /// <summary>How many slots are in use. Guarded by the map lock.</summary>
    internal int Count { get; private set; }

    /// <summary>The leaf with the next lower keys. Guarded by the map lock.</summary>
    internal AreaNode? Previous { get; set; }

    /// <summary>The leaf with the next higher keys. Guarded by the map lock.</summary>
    internal AreaNode? Next { get; set; }

    internal bool IsFull => Count == Capacity;

    /// <summary>The area of a leaf's slot.</summary>
    internal Area AreaAt(int slot) => (Area)Slots[slot]!;

    /// <summary>The child of an inner node's slot.</summary>
    internal AreaNode ChildAt(int slot) => (AreaNode)Slots[slot]!;

    /// <summary>Whether a leaf that is in the tree is the one that a key would be looked for in. Of keys below all areas it may say no.</summary>
    internal bool IsWhereToLookFor(long key) => Keys[0] <= key && (Next is null || key < Next.Keys[0]);

    /// <summary>The slot of an inner node to follow for a key.</summary>
    internal int SlotFor(long key) => Math.Max(KeyBlock.Rank(in Keys, key) - 1, 0);

    internal void Insert(int slot, long key, object value, long gap)
    {
        int behind = Count - slot;
        ((Span<long>)Keys).Slice(slot, behind).CopyTo(((Span<long>)Keys)[(slot + 1)..]);
        ((Span<long>)Gaps).Slice(slot, behind).CopyTo(((Span<long>)Gaps)[(slot + 1)..]);
        ((Span<object?>)Slots).Slice(slot, behind).CopyTo(((Span<object?>)Slots)[(slot + 1)..]);
        Keys[slot] = key;
        Gaps[slot] = gap;
        Slots[slot] = value;
        Count++;
    }

    internal void Remove(int slot)
    {
        int behind = Count - slot - 1;
        ((Span<long>)Keys).Slice(slot + 1, behind).CopyTo(((Span<long>)Keys)[slot..]);
        ((Span<long>)Gaps).Slice(slot + 1, behind).CopyTo(((Span<long>)Gaps)[slot..]);
        ((Span<object?>)Slots).Slice(slot + 1, behind).CopyTo(((Span<object?>)Slots)[slot..]);
        Truncate(Count - 1);
    }

    /// <summary>Moves the slots from <paramref name="slot"/> on to the end of another node of the same kind.</summary>
    internal void MoveTo(AreaNode target, int slot)
    {
        int moved = Count - slot;
        ((ReadOnlySpan<long>)Keys).Slice(slot, moved).CopyTo(((Span<long>)target.Keys)[target.Count..]);
        ((ReadOnlySpan<long>)Gaps).Slice(slot, moved).CopyTo(((Span<long>)target.Gaps)[target.Count..]);
        ((ReadOnlySpan<object?>)Slots).Slice(slot, moved).CopyTo(((Span<object?>)target.Slots)[target.Count..]);
        target.Count += moved;
        Truncate(slot);
    }

    private void Truncate(int count)
    {
        ((Span<long>)Keys)[count..Count].Fill(KeyBlock.Unused);
        ((Span<long>)Gaps)[count..Count].Clear();
        ((Span<object?>)Slots)[count..Count].Clear();
        Count = count;
    }
}
