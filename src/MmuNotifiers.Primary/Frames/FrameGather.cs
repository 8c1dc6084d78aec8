namespace MmuNotifiers.Primary;

/// <summary>
/// Frames that left the page tables inside a bracket and wait for its end: they are freed only after the notifiers ran. With them wait the
/// swap slots of evicted pages. One is kept for each thread, so that gathering allocates only when it outgrows what was ever needed.
/// </summary>
internal sealed class FrameGather
{
    [ThreadStatic]
    private static FrameGather? Spare;

    private FrameNumber[] _frames = new FrameNumber[64];
    private int _count;
    private SwapEntry[] _entries = [];
    private int _entryCount;

    /// <summary>An empty gather for the calling thread.</summary>
    internal static FrameGather Rent()
    {
        FrameGather gather = Spare ?? new FrameGather();
        Spare = null;
        return gather;
    }

    /// <summary>Takes over the reference that a cleared pte held.</summary>
    internal void Add(FrameNumber frame)
    {
        if (_count == _frames.Length)
        {
            Array.Resize(ref _frames, _count * 2);
        }

        _frames[_count++] = frame;
    }

    /// <summary>Takes over the hold on a slot that a swap pte had.</summary>
    internal void Add(SwapEntry entry)
    {
        if (_entryCount == _entries.Length)
        {
            Array.Resize(ref _entries, Math.Max(64, _entryCount * 2));
        }

        _entries[_entryCount++] = entry;
    }

    /// <summary>Drops all references, after the bracket ended, and gives the gather back.</summary>
    internal void Free(PhysicalMemory memory)
    {
        memory.Put(_frames.AsSpan(0, _count));
        _count = 0;
        if (_entryCount > 0)
        {
            DropEntries(memory.Swap);
        }

        Spare = this;
    }

    private void DropEntries(SwapSpace swap)
    {
        foreach (SwapEntry entry in _entries.AsSpan(0, _entryCount))
        {
            swap.Drop(entry);
        }

        _entryCount = 0;
        swap.DiscardIfMany();
    }
}
