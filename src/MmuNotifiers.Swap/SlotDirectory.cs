namespace MmuNotifiers.Swap;

/// <summary>
/// What a store remembers of its slots, in groups of neighbours that are made when they are first needed: a store of terabytes that is hardly used
/// costs a directory of two levels. Looked up without a lock.
/// </summary>
/// <typeparam name="T">What is remembered of a group.</typeparam>
internal sealed class SlotDirectory<T>
    where T : class, new()
{
    private const int BlockShift = 12;
    private const int BlockGroups = 1 << BlockShift;
    private const long MostSlots = 1L << 38;

    private readonly T?[]?[] _blocks;

    /// <summary>Makes the directory.</summary>
    internal SlotDirectory(long slotCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(slotCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(slotCount, MostSlots);
        SlotCount = slotCount;
        _blocks = new T?[]?[(int)(((slotCount - 1) >> (SlotGroups.GroupShift + BlockShift)) + 1)];
    }

    /// <summary>How many slots there are.</summary>
    internal long SlotCount { get; }

    /// <summary>The group of a slot, if it was ever needed.</summary>
    internal T? Find(long slot)
    {
        // Pairs with the exchanges of GetOrAdd.
        T?[]? block = Volatile.Read(ref _blocks[(int)(slot >> (SlotGroups.GroupShift + BlockShift))]);
        return block is null ? null : Volatile.Read(ref block[IndexInBlock(slot)]);
    }

    /// <summary>The group of a slot.</summary>
    internal T GetOrAdd(long slot)
    {
        if (Find(slot) is { } group)
        {
            return group;
        }

        ref T?[]? block = ref _blocks[(int)(slot >> (SlotGroups.GroupShift + BlockShift))];
        _ = Volatile.Read(ref block) ?? Interlocked.CompareExchange(ref block, new T?[BlockGroups], null);
        ref T? place = ref block![IndexInBlock(slot)];
        T made = new();
        return Interlocked.CompareExchange(ref place, made, null) ?? made;
    }

    /// <summary>Visits every group; the store is not in use any more.</summary>
    internal void ForEach(Action<T> visit)
    {
        foreach (T?[]? block in _blocks)
        {
            foreach (T? group in block ?? [])
            {
                if (group is not null)
                {
                    visit(group);
                }
            }
        }
    }

    private static int IndexInBlock(long slot) => (int)(slot >> SlotGroups.GroupShift) & (BlockGroups - 1);
}
