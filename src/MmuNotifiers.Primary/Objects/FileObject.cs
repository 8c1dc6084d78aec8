using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>
/// A file: pages come from a content when they are used first, and dirty ones go back to it on <see cref="Sync"/>, msync and
/// <see cref="MemoryObject.Dispose"/>. A page that cannot be read is SIGBUS.
/// </summary>
/// <remarks>
/// Bytes that were stored through a mapping behind the end, but in the last page, are never written back, and are zero when the
/// file grows over them: as on ext4 and xfs, unlike <see cref="SharedMemoryObject"/>.
/// </remarks>
public sealed class FileObject : MemoryObject
{
    private readonly IFileContent _content;

    /// <summary>Held while the content changes; see <see cref="MemoryObject"/> for the order.</summary>
    private readonly SharedLock _contentLock = new();

    /// <summary>A write-back that failed when nobody could be told; the next <see cref="Sync"/> tells. Guarded by the content lock.</summary>
    private Errno _unreportedError;

    /// <summary>Makes a file object over a content, with its size. The content stays the caller's, who disposes it afterwards.</summary>
    /// <param name="memory">Where the frames of the page cache come from.</param>
    /// <param name="content">What is behind the cache. Nobody else changes it as long as the object lives.</param>
    public FileObject(PhysicalMemory memory, IFileContent content)
        : base(memory, SizeOf(content)) => _content = content;

    /// <summary>
    /// Writes every dirty page back, as fsync(2): also what programs stored through shared mappings. May block; the caller
    /// holds no map lock.
    /// </summary>
    /// <returns>None, or EIO or whatever the content refused with, now or in a write-back since the last call.</returns>
    public Errno Sync()
    {
        foreach (AddressSpace space in Spaces())
        {
            space.CleanObject(this, 0, EndOfPages);
        }

        Errno error = WriteBack(0, EndOfPages);
        using SharedLock.Scope held = _contentLock.EnterScope();
        if (error == Errno.None)
        {
            error = _unreportedError;
        }

        _unreportedError = Errno.None;
        return error;
    }

    /// <inheritdoc/>
    internal override bool TracksWrites => true;

    /// <inheritdoc/>
    internal override Errno WriteBack(ulong firstPage, ulong endPage)
    {
        using SharedLock.Scope held = _contentLock.EnterScope();
        List<CachedPage> pages = ReferencePages(firstPage, endPage);
        Errno firstError = Errno.None;
        foreach (CachedPage page in pages)
        {
            Errno error = WriteBackPageLocked(page);
            firstError = firstError == Errno.None ? error : firstError;
        }

        DropReferences(pages);
        return firstError == Errno.None ? ExtendContentLocked() : firstError;
    }

    /// <inheritdoc/>
    internal override Errno WriteBackEvicted(ulong pageIndex, FrameNumber frame)
    {
        using SharedLock.Scope held = _contentLock.EnterScope();
        Errno error = WriteBackPageLocked(new CachedPage(pageIndex, PageSlot.Present(frame)));
        _unreportedError = error == Errno.None ? _unreportedError : error;
        return error;
    }

    private protected override FaultResult FillPage(ulong pageIndex, Span<byte> bytes)
    {
        ulong offset = pageIndex << Page.Shift;
        if (offset >= _content.SizeBytes)
        {
            return FaultResult.Success;
        }

        return _content.Read(offset, bytes) == Errno.None ? FaultResult.Success : FaultResult.BusError;
    }

    private protected override void PrepareToExtend(ulong oldBytes) =>
        ZeroCached(oldBytes, Page.Count(oldBytes) << Page.Shift);

    private protected override Errno ChangeSize(ulong bytes)
    {
        using SharedLock.Scope held = _contentLock.EnterScope();
        Errno error = _content.Resize(bytes);
        if (error == Errno.None)
        {
            SetSize(bytes);
            RaiseVersion();
        }

        return error;
    }

    /// <summary>
    /// Zeroes content and cache under one hold of the content lock: a write-back between the two would bring old bytes back, and
    /// a page that was read in before is thrown away by the version.
    /// </summary>
    private protected override Errno Punch(ulong offsetBytes, ulong endBytes, out List<CachedPage> taken)
    {
        using SharedLock.Scope held = _contentLock.EnterScope();
        ulong end = Math.Min(endBytes, _content.SizeBytes);
        Errno error = offsetBytes < end ? _content.Zero(offsetBytes, end) : Errno.None;
        RaiseVersion();
        taken = error == Errno.None ? PunchCache(offsetBytes, endBytes) : [];
        return error;
    }

    private protected override void OnReleasing()
    {
        Errno error = WriteBack(0, EndOfPages);
        using SharedLock.Scope held = _contentLock.EnterScope();
        _unreportedError = error;
    }

    private static ulong SizeOf(IFileContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return content.SizeBytes;
    }

    /// <summary>A write that grew the file may have lost its last page to a hole since: the size must not be lost with it.</summary>
    private Errno ExtendContentLocked()
    {
        ulong sizeBytes = SizeBytes;
        return _content.SizeBytes < sizeBytes ? _content.Resize(sizeBytes) : Errno.None;
    }

    private Errno WriteBackPageLocked(CachedPage page)
    {
        ulong offset = page.Index << Page.Shift;
        ulong sizeBytes = SizeBytes;
        if (offset >= sizeBytes || !Memory.Frames.TestAndClearDirty(page.Frame))
        {
            return Errno.None;
        }

        Span<byte> bytes = Memory.Bytes(page.Frame);
        int length = (int)Math.Min(Page.SizeBytes, sizeBytes - offset);
        bytes[length..].Clear();
        Errno error = _content.Write(offset, bytes[..length]);
        if (error != Errno.None)
        {
            Memory.Frames.MarkDirty(page.Frame);
        }

        return error;
    }
}
