using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>
/// Something that areas map: shared memory (tmpfs) or a file, with a page cache in front of it. Its pages are frames with the
/// object as their owner; the cache holds one reference on each, every pte that maps it another one. Where a page was evicted, the cache
/// keeps what it takes to have it back: see <see cref="PageSlot"/>.
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

    /// <summary>How many evicted pages are read along with one.</summary>
    private readonly ReadAheadWindow _readAhead = new();

    /// <summary>The number of the object among those of the pool: what reclaim knows its pages by is the same in each run.</summary>
    private readonly long _number;

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
        _number = memory.NextObjectNumber();
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

    /// <summary>How many pages lie in swap.</summary>
    internal ulong SwappedPages
    {
        get
        {
            using SharedLock.Scope held = _lock.EnterScope();
            return _pages.SwappedCount;
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
        Forget(TakePages(0, ulong.MaxValue));
    }

    /// <summary>
    /// Writes dirty pages to what is behind the object; their ptes were cleaned before, so that what is stored from now on is
    /// noticed again. May block; the caller may hold a map lock.
    /// </summary>
    /// <param name="firstPage">The first page.</param>
    /// <param name="endPage">The first page behind the last.</param>
    /// <returns>None, or EIO if something could not be written: those pages stay dirty.</returns>
    internal virtual Errno WriteBack(ulong firstPage, ulong endPage) => Errno.None;

    /// <summary>Called before the pages are given back; holds no lock.</summary>
    private protected virtual void OnReleasing()
    {
    }
}
