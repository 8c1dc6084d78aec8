namespace MmuNotifiers.Primary;

/// <summary>Some pages that are evicted together: unmapped, then written in one go, then freed.</summary>
internal sealed class EvictionBatch
{
    private readonly PhysicalMemory _memory;
    private readonly SwapWrites _writes;
    private readonly PrivateEviction _private;
    private readonly ObjectEviction _objects;

    internal EvictionBatch(PhysicalMemory memory)
    {
        _memory = memory;
        _writes = new SwapWrites(memory);
        _private = new PrivateEviction(memory);
        _objects = new ObjectEviction(memory);
    }

    /// <summary>Unmaps pages and begins to write those that must be. <see cref="Complete"/> follows.</summary>
    internal void Begin(ReadOnlySpan<FrameNumber> candidates)
    {
        foreach (FrameNumber frame in candidates)
        {
            if (_memory.Frames.Owner(frame) is MemoryObject target)
            {
                _objects.Add(frame, target);
            }
            else
            {
                _private.Add(frame);
            }
        }

        _private.Prepare(_writes);
        _objects.Prepare(_writes);
        _writes.Begin();
    }

    /// <summary>Waits for the writes and frees what is safe. Does nothing if nothing was begun.</summary>
    internal EvictionResult Complete(EvictionReason reason)
    {
        _writes.Wait();
        EvictionResult result = _private.Complete(_writes, reason).Plus(_objects.Complete(_writes, reason));
        _writes.Clear();
        return result;
    }
}
