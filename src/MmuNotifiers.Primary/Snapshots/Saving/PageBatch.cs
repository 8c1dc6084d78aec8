namespace MmuNotifiers.Primary;

/// <summary>Pages on their way to a snapshot: their bytes, and the frames that are held until they are written.</summary>
internal sealed class PageBatch(PhysicalMemory memory, int capacity)
{
    private readonly List<ReadOnlyMemory<byte>> _bytes = new(capacity);
    private readonly List<FrameNumber> _frames = new(capacity);
    private byte[]? _copies;

    internal bool IsEmpty => _bytes.Count == 0;

    internal bool IsFull => _bytes.Count == capacity;

    /// <summary>The pages in the order in which they were added.</summary>
    internal IReadOnlyList<ReadOnlyMemory<byte>> Bytes => _bytes;

    /// <summary>Adds a frame that nobody stores to, with a reference on it.</summary>
    internal void Add(FrameNumber frame)
    {
        _bytes.Add(memory.BytesForTransfer(frame));
        _frames.Add(frame);
    }

    /// <summary>Room for the copy of a page that others store to meanwhile; <see cref="AddCopy"/> follows, or nothing.</summary>
    internal Memory<byte> RoomForCopy()
    {
        _copies ??= new byte[capacity << Page.Shift];
        return _copies.AsMemory(_bytes.Count << Page.Shift, Page.SizeBytes);
    }

    /// <summary>Adds that copy.</summary>
    internal void AddCopy() => _bytes.Add(RoomForCopy());

    /// <summary>The pages are written, or will never be.</summary>
    internal void Clear()
    {
        foreach (FrameNumber frame in _frames)
        {
            memory.Put(frame);
        }

        _frames.Clear();
        _bytes.Clear();
    }
}
