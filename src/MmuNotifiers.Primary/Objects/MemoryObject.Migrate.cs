using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>Pages that go to other frames.</summary>
public abstract partial class MemoryObject
{
    /// <summary>
    /// Exchanges the frame of a cached page: copies it and enters the new one, if nobody but the cache and the caller holds the old one.
    /// For migration, which unmapped it before. Never blocks.
    /// </summary>
    /// <param name="pageIndex">The page's number within the object.</param>
    /// <param name="old">Its frame.</param>
    /// <param name="fresh">What becomes its frame; the cache takes a reference of its own.</param>
    /// <param name="references">How many references the caller holds on the old frame.</param>
    internal bool TryReplacePage(ulong pageIndex, FrameNumber old, FrameNumber fresh, int references)
    {
        using (SharedLock.Scope held = _lock.EnterScope())
        {
            if (_pages.Find(pageIndex) != PageSlot.Present(old) || !TryLeaveSwapCache(old) || !Memory.Frames.IsUnmapped(old, references + 1))
            {
                return false;
            }

            Memory.Copy(old, fresh);
            Memory.Frames.SetOwner(fresh, this, pageIndex, Memory.Frames.Flags(old));
            Memory.Frames.Get(fresh);
            _pages.Set(pageIndex, PageSlot.Present(fresh));
            Memory.Frames.ClearOwner(old);
        }

        Memory.Put(old);
        return true;
    }
}
