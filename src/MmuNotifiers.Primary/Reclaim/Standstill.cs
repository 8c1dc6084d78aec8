using System.Runtime.CompilerServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>
/// Remembers that no page of a pool can go, so that who needs a frame then is told at once. It lasts until something changes that may let a page go:
/// one is unpinned or comes, areas change (munlock, munmap), a swap slot is freed, pages are freed lazily.
/// </summary>
/// <remarks>
/// Reached only by a look that tried every page, and found each held by what is told of when it ends. A page that stays for any other reason is a change
/// itself: a store or a file that refused, somebody who uses it for a moment.
/// <code>
///   state   meaning
///   0       something changed
///   n       look n is under way, and nothing changed since it began
///   -1      nothing can go
/// </code>
/// Who changes something pays a load, and no fence:
/// <code>
///   look                                          munlock
///   state = n; process-wide barrier               the area is not locked any more
///   tries every page                              state != 0? state = 0
///   state == n? state = -1
/// </code>
/// A load of the state from before the barrier means that the store before it is seen by the look: the page is tried, and goes. A later load
/// finds n or -1, and the look does not count, or not any more.
/// </remarks>
internal sealed class Standstill
{
    private const long Changed = 0;
    private const long Reached = -1;

    private long _looks;
    private long _state;

    /// <summary>Whether no page can go.</summary>
    internal bool IsReached => Shared.Read(in _state, this) == Reached;

    /// <summary>Something changed that may let a page go. After the change; under any lock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void NoteChange()
    {
        if (Shared.Read(in _state, this) != Changed)
        {
            Shared.Write(ref _state, Changed, this);
        }
    }

    /// <summary>Every page is about to be tried.</summary>
    /// <returns>The look, for <see cref="TryEnd"/>.</returns>
    internal long Begin()
    {
        long look = Shared.Add(ref _looks, 1, this);
        Shared.Exchange(ref _state, look, this);
        Shared.ProcessWideBarrier();
        return look;
    }

    /// <summary>A page was refused by a store or a file, which may take it the next time: looks of others do not count.</summary>
    /// <param name="look">The caller's own.</param>
    internal void NoteRefusal(long look)
    {
        if (Shared.Read(in _state, this) != look)
        {
            NoteChange();
        }
    }

    /// <summary>Whether nothing changed since a look began, and no other began.</summary>
    internal bool IsUnchangedSince(long look) => Shared.Read(in _state, this) == look;

    /// <summary>Every page was tried, and none went. Counts if nothing changed since, and no other look began.</summary>
    /// <returns>Whether it counts.</returns>
    internal bool TryEnd(long look) => Shared.CompareExchange(ref _state, Reached, look, this) == look;

    /// <summary>Forgets it, where a pool begins anew; nobody uses it.</summary>
    internal void Reset() => _state = Changed;
}
