using MmuNotifiers.Synchronization;

namespace MmuNotifiers;

/// <summary>The form that never blocks: for frees that can wait until nobody can use the memory any more.</summary>
/// <remarks>
/// Grace periods are numbered. At most one runs at a time: it starts with a process-wide barrier, notes which sections are open,
/// and is over when all of these have ended.
/// <code>
///   _started   _completed
///      n           n         none runs; a cookie taken now is n + 1
///      n + 1       n         number n + 1 runs; a cookie taken now is n + 2, since n + 1 may have begun before
/// </code>
/// </remarks>
internal sealed partial class GracePeriod
{
    private readonly SharedLock _polling = new();

    /// <summary>The sections that the running grace period still waits for. Guarded by <see cref="_polling"/>.</summary>
    private readonly List<(GraceSlot Slot, long Sample)> _awaited = [];

    /// <summary>The number of the grace period that started last. Written under <see cref="_polling"/>.</summary>
    private long _started;

    /// <summary>The number of the grace period that ended last. Written under <see cref="_polling"/>.</summary>
    private long _completed;

    /// <summary>Remembers this moment. To be called after what shall be freed was unpublished. One load.</summary>
    internal GraceCookie Now() => new(Shared.Read(in _started, this) + 1);

    /// <summary>Whether every section that was open at the moment has ended. One load; advances nothing.</summary>
    internal bool IsElapsed(GraceCookie cookie) => Shared.Read(in _completed, this) >= cookie.Number;

    /// <summary>
    /// Starts a grace period if none runs, and looks whether the running one is over. Never blocks; at most one process-wide
    /// barrier for each two calls, so call it once for many frees. Allowed inside a section, but that section holds it up.
    /// </summary>
    /// <returns>Whether the moment has elapsed.</returns>
    internal bool TryAdvance(GraceCookie cookie)
    {
        if (IsElapsed(cookie) || !_polling.TryEnter())
        {
            return IsElapsed(cookie);
        }

        if (_started == _completed)
        {
            StartLocked();
        }

        _awaited.RemoveAll(static section => section.Slot.HasEnded(section.Sample));
        if (_awaited.Count == 0)
        {
            Shared.Write(ref _completed, _started, this);
        }

        _polling.Exit();
        return IsElapsed(cookie);
    }

    private void StartLocked()
    {
        // The number rises before the barrier, so that a cookie that misses it belongs to what was unpublished before the barrier.
        Shared.Write(ref _started, _started + 1, this);
        Shared.ProcessWideBarrier();
        foreach (GraceSlot? slot in Shared.Read(in _slots, this))
        {
            if (slot is not null && slot.Sample() is var sample && GraceSlot.IsOpen(sample))
            {
                _awaited.Add((slot, sample));
            }
        }
    }
}
