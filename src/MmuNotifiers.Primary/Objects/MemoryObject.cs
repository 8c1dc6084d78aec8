namespace MmuNotifiers.Primary;

/// <summary>
/// Something that areas map: shared memory (tmpfs) or a file, with a page cache in front of it. Its pages are frames with the
/// object as their owner.
/// </summary>
public abstract class MemoryObject
{
    /// <summary>Makes an object whose pages come from a pool of frames.</summary>
    protected MemoryObject(PhysicalMemory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        Memory = memory;
    }

    /// <summary>Where the frames come from.</summary>
    public PhysicalMemory Memory { get; }

    /// <summary>The size in bytes; a page wholly beyond it is SIGBUS.</summary>
    public abstract ulong SizeBytes { get; }

    /// <summary>Whether the first store through each shared mapping of a page must be a fault, so that the object knows of it.</summary>
    internal virtual bool TracksWrites => false;

    /// <summary>
    /// Gives the page-cache frame of a page, bringing it in if need be. May block. The caller gets a reference on the frame and,
    /// before it installs the frame in a pte, checks under the leaf's lock with <see cref="StillOwns"/> that no truncation overtook it.
    /// </summary>
    /// <param name="pageIndex">The page's number within the object.</param>
    /// <param name="frame">The frame, with a reference for the caller.</param>
    /// <returns>Success, BusError (beyond the end, or not readable) or OutOfMemory.</returns>
    internal abstract FaultResult GetPage(ulong pageIndex, out FrameNumber frame);

    /// <summary>As <see cref="GetPage"/>, but only if the page is in the cache already; for fault-around. Never blocks.</summary>
    internal abstract bool TryGetCachedPage(ulong pageIndex, out FrameNumber frame);

    /// <summary>Whether a frame is this object's page still.</summary>
    internal bool StillOwns(FrameNumber frame, ulong pageIndex) => Memory.Frames.IsOwnedBy(frame, this, pageIndex);

    /// <summary>An area that maps the object entered an address space. Called under that space's map lock.</summary>
    internal abstract void Attach(AddressSpace space, Area area);

    /// <summary>The same area left it, or was replaced.</summary>
    internal abstract void Detach(AddressSpace space, Area area);
}
