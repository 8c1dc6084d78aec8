using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>
/// The frames that one secondary was given translations of, page by page, until it was told that the page changes. With pins it holds
/// them, as a driver of 2008 did with get_user_pages; without, it finds out which were freed before the secondary was told.
/// </summary>
/// <remarks>
/// A translation that may be stored through is pinned: fork then copies the page and leaves the frame to the device. One for loads is
/// referenced only, since a pin would make the primary copy a shared page for a mere load.
/// <para>Lock order: leaf, then this spin lock, then the frame pool. Callbacks under the page-table lock come here.</para>
/// </remarks>
internal sealed class FrameHolds(PhysicalMemory memory, bool pins)
{
    private const int KeptMessages = 20;

    /// <summary>Guarded by <see cref="_lock"/>.</summary>
    private readonly Dictionary<ulong, FrameHold> _pages = [];

    /// <summary>Guarded by <see cref="_lock"/>.</summary>
    private readonly List<string> _violations = [];

    private int _lock;

    /// <summary>Guarded by <see cref="_lock"/>.</summary>
    private bool _isReleased;

    private long _freedBeforeTold;

    /// <summary>How many pages are held, or noted.</summary>
    internal int Count
    {
        get
        {
            SharedSpinLock.Enter(ref _lock, this);
            int count = _pages.Count;
            SharedSpinLock.Exit(ref _lock, this);
            return count;
        }
    }

    /// <summary>Translations whose frame was free, or somebody else's, before the secondary was told (I1).</summary>
    internal long FreedBeforeTold => Shared.Read(in _freedBeforeTold, this);

    /// <summary>The first of them, in words.</summary>
    internal string[] Violations
    {
        get
        {
            SharedSpinLock.Enter(ref _lock, this);
            string[] violations = [.. _violations];
            SharedSpinLock.Exit(ref _lock, this);
            return violations;
        }
    }

    /// <summary>Holds, or notes, the frame of a translation. Under the lock of the leaf that it was read from.</summary>
    internal FrameHold Take(Translation translation)
    {
        FrameNumber frame = translation.Frame;
        int generation = memory.Frames.Generation(frame);
        if (!pins)
        {
            return new FrameHold(frame, generation, FrameHoldKind.Noted);
        }

        if ((translation.Rights & AccessRights.Write) != 0)
        {
            memory.Frames.Pin(frame);
            return new FrameHold(frame, generation, FrameHoldKind.Pinned);
        }

        memory.Frames.Get(frame);
        return new FrameHold(frame, generation, FrameHoldKind.Referenced);
    }

    /// <summary>Keeps a hold for a page, in the place of an older one.</summary>
    internal void Add(VirtualAddress page, FrameHold hold)
    {
        SharedSpinLock.Enter(ref _lock, this);
        FrameHold old = hold;
        if (!_isReleased)
        {
            _pages.TryGetValue(page.PageNumber, out old);
            _pages[page.PageNumber] = hold;
        }

        SharedSpinLock.Exit(ref _lock, this);
        LetGo(old);
    }

    /// <summary>The secondary has been told: it translates nothing of the range any more.</summary>
    internal void Drop(in InvalidationRange told)
    {
        SharedSpinLock.Enter(ref _lock, this);
        if (told.Range.Pages < (ulong)_pages.Count)
        {
            for (ulong page = told.Range.Start.PageNumber; page < told.Range.End.PageNumber; page++)
            {
                DropLocked(page, in told);
            }
        }
        else
        {
            foreach (ulong page in _pages.Keys)
            {
                if (told.Range.Contains(VirtualAddress.OfPage(page)))
                {
                    DropLocked(page, in told);
                }
            }
        }

        SharedSpinLock.Exit(ref _lock, this);
    }

    /// <summary>The secondary has let go of everything, and gets nothing any more.</summary>
    internal void DropAll(in InvalidationRange told)
    {
        Drop(in told);
        SharedSpinLock.Enter(ref _lock, this);
        _isReleased = true;
        SharedSpinLock.Exit(ref _lock, this);
        Drop(in told);
    }

    private void DropLocked(ulong page, in InvalidationRange told)
    {
        if (!_pages.Remove(page, out FrameHold hold))
        {
            return;
        }

        if (memory.Frames.Generation(hold.Frame) != hold.Generation)
        {
            Shared.Add(ref _freedBeforeTold, 1, this);
            if (_violations.Count < KeptMessages)
            {
                _violations.Add(
                    $"I1: {hold.Frame} of page {VirtualAddress.OfPage(page)} was freed before the subscriber was told of {told}");
            }
        }

        LetGo(hold);
    }

    private void LetGo(FrameHold hold)
    {
        if (hold.Kind == FrameHoldKind.Pinned)
        {
            memory.Frames.Unpin(hold.Frame);
            memory.Reclaim?.Standstill.NoteChange();
        }

        if (hold.Kind is FrameHoldKind.Pinned or FrameHoldKind.Referenced)
        {
            memory.Put(hold.Frame);
        }
    }
}
