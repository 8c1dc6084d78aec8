namespace MmuNotifiers.Primary;

/// <summary>
/// Frames that left the page tables inside a bracket and wait for its end: they are freed only after the notifiers ran. One is kept
/// for each thread, so that gathering allocates only when it outgrows what was ever needed.
/// </summary>
internal sealed class FrameGather
{
    [ThreadStatic]
    private static FrameGather? Spare;

    private FrameNumber[] _frames = new FrameNumber[64];
    private int _count;

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

    /// <summary>Drops all references, after the bracket ended, and gives the gather back.</summary>
    internal void Free(PhysicalMemory memory)
    {
        memory.Put(_frames.AsSpan(0, _count));
        _count = 0;
        Spare = this;
    }
}
