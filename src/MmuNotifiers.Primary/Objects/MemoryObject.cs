using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>
/// Something that areas map: shared memory (tmpfs) or a file, with a page cache in front of it. Its pages are frames with the
/// object as their owner; the cache holds one reference on each, every pte that maps it another one.
/// </summary>
/// <remarks>
/// Lock order, from the outside in:
/// <code>
///   change lock       one resize, punch or write at a time
///    +- map lock      of an address space; one at a time
///        +- content lock (files)     what is behind the cache changes: write-back, resize
///            +- object lock          size, cache and attached areas; nothing blocks under it
/// </code>
/// A fault against a truncation:
/// <code>
///   fault                                   truncation
///                                           size = new size
///                                           unmap the pages in every address space
///   GetPage: frame, with a reference
///                                           take the frames out of the cache, clear their owner
///   lock the leaf, StillOwns?
///     yes (checked before the clearing):
///       install the pte, unlock             unmap the pages in every address space again: the pte goes
///     no: drop the frame, fault again       (GetPage now says BusError)
///                                           drop the cache's references
/// </code>
/// Either way no pte is left that shows a page which the object no longer has.
/// </remarks>
public abstract partial class MemoryObject : IDisposable
{
    /// <summary>The largest size in bytes that an object can have, as on Linux.</summary>
    public const ulong MaxSizeBytes = long.MaxValue;

    /// <summary>Held over each resize, punch and write, so that sizes and contents change one at a time.</summary>
    private readonly SharedLock _changeLock = new();

    /// <summary>The object lock.</summary>
    private readonly SharedLock _lock = new();

    /// <summary>Changed with the object lock held; look-ups may go without it.</summary>
    private readonly PageCache _pages = new();

    /// <summary>Guarded by the object lock.</summary>
    private ulong _sizeBytes;

    /// <summary>
    /// Raised whenever pages leave the cache or what is behind them changes, so that a page which was read in meanwhile is
    /// thrown away and read again. Guarded by the object lock.
    /// </summary>
    private ulong _version;

    /// <summary>Whether the owner let go of the object. Guarded by the object lock.</summary>
    private bool _isDisposed;

    /// <summary>Whether the pages were given back. Guarded by the object lock.</summary>
    private bool _isReleased;

    /// <summary>Makes an object whose pages come from a pool of frames.</summary>
    private protected MemoryObject(PhysicalMemory memory, ulong sizeBytes)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sizeBytes, MaxSizeBytes);
        Memory = memory;
        _sizeBytes = sizeBytes;
    }

    /// <summary>Where the frames come from.</summary>
    public PhysicalMemory Memory { get; }

    /// <summary>The size in bytes; a page wholly beyond it is SIGBUS.</summary>
    public ulong SizeBytes
    {
        get
        {
            using SharedLock.Scope held = _lock.EnterScope();
            return _sizeBytes;
        }
    }

    /// <summary>Whether the first store through each shared mapping of a page must be a fault, so that the object knows of it.</summary>
    internal virtual bool TracksWrites => false;

    /// <summary>How many pages the cache holds.</summary>
    internal ulong CachedPages
    {
        get
        {
            using SharedLock.Scope held = _lock.EnterScope();
            return _pages.Count;
        }
    }

    /// <summary>
    /// Lets go of the object, as the last close of a file. Areas that map it keep it alive: the pages are given back when
    /// the last of them is gone. The caller holds no map lock.
    /// </summary>
    public void Dispose()
    {
        using (_lock.EnterScope())
        {
            _isDisposed = true;
        }

        ReleaseIfUnused();
        GC.SuppressFinalize(this);
    }

    /// <summary>Whether the first store through each shared mapping of a page must be a fault, so that the object knows of it.</summary>
    internal virtual bool TracksWrites => false;

    /// <summary>
    /// Gives the page-cache frame of a page, bringing it in if need be. May block. The caller gets a reference on the frame and,
    /// before it installs the frame in a pte, checks under the leaf's lock with <see cref="StillOwns"/> that no truncation overtook it.
    /// </summary>
    /// <param name="pageIndex">The page's number within the object.</param>
    /// <param name="frame">The frame, with a reference for the caller.</param>
    /// <returns>Success, BusError (beyond the end, or not readable) or OutOfMemory.</returns>
    internal FaultResult GetPage(ulong pageIndex, out FrameNumber frame) => GetPage(pageIndex, SizeLimit.Enforced, out frame);

    /// <summary>As <see cref="GetPage(ulong, out FrameNumber)"/>, but only if the page is in the cache already; for fault-around. Never blocks.</summary>
    internal bool TryGetCachedPage(ulong pageIndex, out FrameNumber frame)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        frame = default;
        return IsWithinSizeLocked(pageIndex) && TryReferenceLocked(pageIndex, out frame);
    }

    /// <summary>Whether a frame is this object's page still.</summary>
    internal bool StillOwns(FrameNumber frame, ulong pageIndex) => Memory.Frames.IsOwnedBy(frame, this, pageIndex);

    /// <summary>Whether a page is in the cache, for mincore. Never blocks.</summary>
    internal bool IsCached(ulong pageIndex)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        return _pages.TryFind(pageIndex, out _);
    }

    /// <summary>
    /// Gives the pages back if the owner let go and no area maps the object. Whoever detached areas calls it when the
    /// operation is over: after the pages were unmapped (what the ptes knew to be dirty is still to be written), and not
    /// between the removal of an area and the insertion of what replaces it. The caller holds no map lock.
    /// </summary>
    internal void ReleaseIfUnused()
    {
        using (_lock.EnterScope())
        {
            if (!_isDisposed || _isReleased || _areas.Count != 0)
            {
                return;
            }

            _isReleased = true;
        }

        OnReleasing();
        DropReferences(TakePages(0, ulong.MaxValue));
    }

    /// <summary>
    /// Takes a page out of the cache if nothing is lost by it: nobody but the cache refers to it and its bytes are what
    /// would be brought in again. For reclaim, which unmapped it and had it written back before. Never blocks.
    /// </summary>
    internal bool TryDropClean(ulong pageIndex)
    {
        FrameNumber frame;
        using (_lock.EnterScope())
        {
            if (!_pages.TryFind(pageIndex, out frame)
                || Memory.Frames.References(frame) != 1
                || Memory.Frames.Has(frame, FrameFlags.Dirty))
            {
                return false;
            }

            _version++;
            _pages.TakeRange(pageIndex, pageIndex + 1, []);
            Memory.Frames.ClearOwner(frame);
        }

        Memory.Put(frame);
        return true;
    }

    /// <summary>
    /// Writes dirty pages to what is behind the object; their ptes were cleaned before, so that what is stored from now on is
    /// noticed again. May block; the caller may hold a map lock.
    /// </summary>
    /// <param name="firstPage">The first page.</param>
    /// <param name="endPage">The first page behind the last.</param>
    /// <returns>None, or EIO if something could not be written: those pages stay dirty.</returns>
    internal virtual Errno WriteBack(ulong firstPage, ulong endPage) => Errno.None;

    /// <summary>
    /// Brings in the content of a page that the cache does not hold. Holds no lock and may block. What it reads is thrown
    /// away if the content changed meanwhile.
    /// </summary>
    /// <param name="pageIndex">The page's number within the object.</param>
    /// <param name="bytes">The page, zeroed.</param>
    private protected virtual FaultResult FillPage(ulong pageIndex, Span<byte> bytes) => FaultResult.Success;

    /// <summary>Called before the pages are given back; holds no lock.</summary>
    private protected virtual void OnReleasing()
    {
    }

    private protected FaultResult GetPage(ulong pageIndex, SizeLimit limit, out FrameNumber frame)
    {
        while (true)
        {
            ulong version;
            using (_lock.EnterScope())
            {
                if (limit == SizeLimit.Enforced && !IsWithinSizeLocked(pageIndex))
                {
                    frame = default;
                    return FaultResult.BusError;
                }

                if (TryReferenceLocked(pageIndex, out frame))
                {
                    return FaultResult.Success;
                }

                version = _version;
            }

            FaultResult made = MakePage(pageIndex, out FrameNumber fresh);
            if (made != FaultResult.Success)
            {
                frame = default;
                return made;
            }

            if (TryPublish(pageIndex, fresh, version))
            {
                frame = fresh;
                return FaultResult.Success;
            }

            Memory.Put(fresh);
        }
    }

    /// <summary>Takes pages out of the cache. The frames belong to nobody then; the caller drops the cache's references on them.</summary>
    private protected List<CachedPage> TakePages(ulong firstPage, ulong endPage)
    {
        List<CachedPage> taken = [];
        using SharedLock.Scope held = _lock.EnterScope();
        _version++;
        _pages.TakeRange(firstPage, endPage, taken);
        foreach (CachedPage page in taken)
        {
            Memory.Frames.ClearOwner(page.Frame);
        }

        return taken;
    }

    /// <summary>The cached pages of a range, with a reference on each for the caller.</summary>
    private protected List<CachedPage> ReferencePages(ulong firstPage, ulong endPage)
    {
        List<CachedPage> found = [];
        using SharedLock.Scope held = _lock.EnterScope();
        _pages.CopyRange(firstPage, endPage, found);
        foreach (CachedPage page in found)
        {
            Memory.Frames.Get(page.Frame);
        }

        return found;
    }

    private protected void DropReferences(List<CachedPage> pages)
    {
        foreach (CachedPage page in pages)
        {
            Memory.Put(page.Frame);
        }
    }

    /// <summary>Says that what is behind the cache changed.</summary>
    private protected void RaiseVersion()
    {
        using SharedLock.Scope held = _lock.EnterScope();
        _version++;
    }

    private protected void SetSize(ulong bytes)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        _sizeBytes = bytes;
    }

    private FaultResult MakePage(ulong pageIndex, out FrameNumber frame)
    {
        if (!Memory.TryAllocateZeroed(out frame))
        {
            return FaultResult.OutOfMemory;
        }

        FaultResult filled = FillPage(pageIndex, Memory.Bytes(frame));
        if (filled != FaultResult.Success)
        {
            Memory.Put(frame);
        }

        return filled;
    }

    /// <summary>Enters a page into the cache, which takes over the allocation's reference; the caller gets one more.</summary>
    private bool TryPublish(ulong pageIndex, FrameNumber frame, ulong version)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        if (_version != version || _pages.TryFind(pageIndex, out _))
        {
            return false;
        }

        Memory.Frames.SetOwner(frame, this, pageIndex);
        Memory.Frames.Get(frame);
        _pages.Insert(pageIndex, frame);
        return true;
    }

    private bool IsWithinSizeLocked(ulong pageIndex) => pageIndex < Page.Count(_sizeBytes);

    private bool TryReferenceLocked(ulong pageIndex, out FrameNumber frame)
    {
        if (!_pages.TryFind(pageIndex, out frame))
        {
            return false;
        }

        Memory.Frames.Get(frame);
        return true;
    }

    /// <summary>Whether a page beyond the end is refused, or about to become part of the object by a write.</summary>
    private protected enum SizeLimit
    {
        Enforced,
        Extending,
    }
}
