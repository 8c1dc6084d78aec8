using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>Changes of an object's size, and holes.</summary>
public abstract partial class MemoryObject
{
    /// <summary>A page number behind every page that an object can have.</summary>
    private protected const ulong EndOfPages = (MaxSizeBytes >> Page.Shift) + 1;

    /// <summary>
    /// Changes the size, as ftruncate(2). Pages wholly beyond the new end leave every address space, private copies of them
    /// too; the rest of the last page becomes zero. May block; the caller holds no map lock.
    /// </summary>
    /// <param name="bytes">The new size in bytes.</param>
    /// <returns>
    /// None; EINVAL beyond <see cref="MaxSizeBytes"/>, where off_t is negative; EIO or ENOMEM if the new last page is swapped out and cannot be had;
    /// or what the content behind the object refused with.
    /// </returns>
    public Errno Resize(ulong bytes)
    {
        if (bytes > MaxSizeBytes)
        {
            return Errno.EINVAL;
        }

        using SharedLock.Scope held = _changeLock.EnterScope();
        ulong oldBytes = SizeBytes;
        if (bytes > oldBytes)
        {
            PrepareToExtend(oldBytes);
            return ChangeSize(bytes);
        }

        Errno error = HoldPart(bytes, Page.Count(bytes) << Page.Shift, out HeldPage rest);
        using (rest)
        {
            return error == Errno.None ? Shrink(oldBytes, bytes) : error;
        }
    }

    /// <summary>
    /// Makes a part zero and gives its whole pages back, as fallocate(2) with FALLOC_FL_PUNCH_HOLE and MADV_REMOVE. The size
    /// stays; private copies stay. May block; the caller holds no map lock.
    /// </summary>
    /// <param name="offsetBytes">Where the hole starts.</param>
    /// <param name="lengthBytes">How long it is.</param>
    /// <returns>
    /// None; EINVAL for an empty hole; EFBIG beyond <see cref="MaxSizeBytes"/>; EIO or ENOMEM if a page at one of the ends is swapped out and cannot be
    /// had; or what the content refused with.
    /// </returns>
    public Errno PunchHole(ulong offsetBytes, ulong lengthBytes)
    {
        if (lengthBytes is 0 or > MaxSizeBytes || offsetBytes > MaxSizeBytes)
        {
            return Errno.EINVAL;
        }

        ulong endBytes = offsetBytes + lengthBytes;
        if (endBytes > MaxSizeBytes)
        {
            return Errno.EFBIG;
        }

        ulong firstPage = Page.Count(offsetBytes);
        ulong endPage = endBytes >> Page.Shift;
        using SharedLock.Scope held = _changeLock.EnterScope();
        Errno error = HoldPart(offsetBytes, Math.Min(endBytes, firstPage << Page.Shift), out HeldPage head);
        using (head)
        {
            if (error != Errno.None)
            {
                return error;
            }

            error = HoldPart(Math.Max(offsetBytes, endPage << Page.Shift), endBytes, out HeldPage tail);
            using (tail)
            {
                return error == Errno.None ? PunchEverywhere(offsetBytes, endBytes) : error;
            }
        }
    }

    /// <summary>Called under the change lock before the object grows, whether by a resize or by a write behind its end.</summary>
    private protected virtual void PrepareToExtend(ulong oldBytes)
    {
    }

    /// <summary>Changes the size of what is behind the cache, then that of the object. Called under the change lock.</summary>
    private protected virtual Errno ChangeSize(ulong bytes)
    {
        SetSize(bytes);
        return Errno.None;
    }

    /// <summary>Makes a part zero, in the cache and behind it. Called under the change lock.</summary>
    /// <param name="offsetBytes">Where the hole starts.</param>
    /// <param name="endBytes">Where it ends.</param>
    /// <param name="taken">The whole pages that left the cache, with its references.</param>
    private protected virtual Errno Punch(ulong offsetBytes, ulong endBytes, out List<CachedPage> taken)
    {
        taken = PunchCache(offsetBytes, endBytes);
        return Errno.None;
    }

    private Errno Shrink(ulong oldBytes, ulong bytes)
    {
        Errno error = ChangeSize(bytes);
        if (error != Errno.None)
        {
            return error;
        }

        ulong firstPage = Page.Count(bytes);
        if (Page.Count(oldBytes) > firstPage)
        {
            UnmapEverywhere(firstPage, EndOfPages, ObjectUnmapScope.PrivateCopiesToo);
            List<CachedPage> taken = TakePages(firstPage, EndOfPages);
            UnmapEverywhere(firstPage, EndOfPages, ObjectUnmapScope.PrivateCopiesToo);
            Forget(taken);
        }

        ZeroCached(bytes, firstPage << Page.Shift);
        return Errno.None;
    }

    private Errno PunchEverywhere(ulong offsetBytes, ulong endBytes)
    {
        ulong firstPage = Page.Count(offsetBytes);
        ulong endPage = endBytes >> Page.Shift;
        UnmapEverywhere(firstPage, endPage, ObjectUnmapScope.ObjectPages);
        Errno error = Punch(offsetBytes, endBytes, out List<CachedPage> taken);
        UnmapEverywhere(firstPage, endPage, ObjectUnmapScope.ObjectPages);
        Forget(taken);
        return error;
    }

    private protected List<CachedPage> PunchCache(ulong offsetBytes, ulong endBytes)
    {
        ulong firstPage = Page.Count(offsetBytes);
        ulong endPage = endBytes >> Page.Shift;
        ZeroCached(offsetBytes, Math.Min(endBytes, firstPage << Page.Shift));
        ZeroCached(Math.Max(offsetBytes, endPage << Page.Shift), endBytes);
        return TakePages(firstPage, endPage);
    }

    /// <summary>
    /// Makes bytes of one page zero if it is cached. An uncached page is what lies behind it, which is zero by then; one that was swapped out
    /// has been brought in, see <see cref="HoldPart"/>.
    /// </summary>
    private protected void ZeroCached(ulong offsetBytes, ulong endBytes)
    {
        if (offsetBytes >= endBytes)
        {
            return;
        }

        ulong pageIndex = offsetBytes >> Page.Shift;
        FrameNumber frame;
        using (_lock.EnterScope())
        {
            if (!TryReferenceLocked(pageIndex, out frame))
            {
                return;
            }
        }

        int start = (int)(offsetBytes & Page.OffsetMask);
        Shared.BeforeWrite(Memory.Address(frame) + start, (int)(endBytes - offsetBytes), "frame bytes");
        Memory.Bytes(frame).Slice(start, (int)(endBytes - offsetBytes)).Clear();
        Memory.Frames.MarkDirty(frame);
        Memory.Put(frame);
    }

    /// <summary>
    /// Keeps a page of which a part is about to become zero in memory until then. A swapped one is read before anything changes, so that a
    /// store that fails leaves the object as it is. Under the change lock; may block.
    /// </summary>
    private Errno HoldPart(ulong offsetBytes, ulong endBytes, out HeldPage held)
    {
        held = default;
        ulong pageIndex = offsetBytes >> Page.Shift;
        if (offsetBytes >= endBytes || IsAbsent(pageIndex))
        {
            return Errno.None;
        }

        FaultResult result = GetPage(pageIndex, SizeLimit.Extending, out FrameNumber frame, out _);
        if (result != FaultResult.Success)
        {
            return ErrnoOf(result);
        }

        held = new HeldPage(Memory, frame);
        return Errno.None;
    }

    /// <summary>A reference on a page's frame, until it is disposed; by default none.</summary>
    private readonly ref struct HeldPage(PhysicalMemory memory, FrameNumber frame)
    {
        public void Dispose() => memory?.Put(frame);
    }
}
