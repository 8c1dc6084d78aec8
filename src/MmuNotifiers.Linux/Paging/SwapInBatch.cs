namespace MmuNotifiers.Linux;

/// <summary>Pages that one thread fetches from the store together, and the room that it takes. Used again and again, without an allocation.</summary>
internal sealed class SwapInBatch : IDisposable
{
    /// <summary>The most pages.</summary>
    internal const int Capacity = 80;

    private readonly MemoryMapping _room = MemoryMapping.Anonymous((nuint)Capacity << Page.Shift);
    private readonly NativePages _bytes;
    private readonly StoreTransfers _transfers = new(Capacity);
    private readonly int[] _pages = new int[Capacity];
    private readonly SwapInKind[] _kinds = new SwapInKind[Capacity];

    internal SwapInBatch() => _bytes = new NativePages(_room.Address, Capacity);

    /// <summary>How many pages.</summary>
    internal int Count => _transfers.Count;

    /// <summary>Whether no page fits any more.</summary>
    internal bool IsFull => Count == Capacity;

    /// <summary>The number of a page within the window.</summary>
    internal int PageOf(int index) => _pages[index];

    /// <summary>Why a page is fetched.</summary>
    internal SwapInKind KindOf(int index) => _kinds[index];

    /// <summary>How fetching a page ended.</summary>
    internal ref readonly SwapTransfer TransferOf(int index) => ref _transfers[index];

    /// <summary>Where the bytes of a page are.</summary>
    internal nint BytesOf(int index) => _room.Address + ((nint)index << Page.Shift);

    /// <summary>Adds a page.</summary>
    internal void Add(int page, long slot, SwapInKind kind)
    {
        int index = _transfers.Add(slot, _bytes.Of(Count));
        _pages[index] = page;
        _kinds[index] = kind;
    }

    /// <summary>Fetches the pages; blocks. No lock is held.</summary>
    internal void Read(ISwapStore store) => _transfers.Read(store);

    /// <summary>Forgets the pages, for the next use.</summary>
    internal void Clear() => _transfers.Clear();

    /// <inheritdoc/>
    public void Dispose() => _room.Dispose();
}
