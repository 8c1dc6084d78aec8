namespace MmuNotifiers.Linux;

/// <summary>Pages that one thread evicts together, and the room that it takes. Used again and again, without an allocation.</summary>
internal sealed class EvictionBatch : IDisposable
{
    private readonly EvictedItem[] _items;
    private readonly FrameNumber[] _chosen;

    internal EvictionBatch(int capacity, MemoryMapping? staging)
    {
        _items = new EvictedItem[capacity];
        _chosen = new FrameNumber[capacity];
        Staging = staging;
        StagedBytes = staging is null ? null : new NativePages(staging.Address, capacity);
        Transfers = new StoreTransfers(capacity);
    }

    /// <summary>The pages.</summary>
    internal Span<EvictedItem> Items => _items.AsSpan(0, Count);

    /// <summary>How many pages.</summary>
    internal int Count { get; private set; }

    /// <summary>Room for as many frames as there may be pages.</summary>
    internal Span<FrameNumber> Chosen => _chosen;

    /// <summary>Where pages are moved to, one place for each item; null where they are not.</summary>
    internal MemoryMapping? Staging { get; }

    /// <summary>The bytes of <see cref="Staging"/>.</summary>
    internal NativePages? StagedBytes { get; }

    /// <summary>What goes to the store.</summary>
    internal StoreTransfers Transfers { get; }

    internal void Add(EvictedItem item) => _items[Count++] = item;

    /// <summary>Forgets the pages, for the next use.</summary>
    internal void Clear()
    {
        Count = 0;
        Transfers.Clear();
    }

    /// <summary>Sorts the pages by address, so that neighbours form runs.</summary>
    internal void Sort() => Items.Sort(static (left, right) => left.Page.CompareTo(right.Page));

    /// <summary>Where the run of neighbours ends that begins at an index.</summary>
    internal int EndOfRun(int first)
    {
        int end = first + 1;
        while (end < Count && _items[end].Page == _items[end - 1].Page + 1)
        {
            end++;
        }

        return end;
    }

    /// <summary>As <see cref="EndOfRun"/>, as long as the pages have the same fate and are clean, or not, alike.</summary>
    internal int EndOfLikeRun(int first, int end)
    {
        int next = first + 1;
        while (next < end
            && _items[next].Page == _items[next - 1].Page + 1
            && _items[next].Fate == _items[first].Fate
            && _items[next].IsClean == _items[first].IsClean)
        {
            next++;
        }

        return next;
    }

    /// <inheritdoc/>
    public void Dispose() => Staging?.Dispose();
}
