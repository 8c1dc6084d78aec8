using System.Diagnostics.CodeAnalysis;

namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>
/// Puts events in the order in which they took effect. A call's place is reserved where it took effect and filled in when it returns; what
/// comes behind waits until then.
/// </summary>
internal sealed class EventQueue
{
    /// <summary>A call that does not return (its thread was killed) is given up when so many events wait behind it.</summary>
    private const int MostWaiting = 1 << 16;

    private readonly Queue<EventSlot> _slots = new();
    private long _nanoseconds;

    /// <summary>Reserves the next place. A time before that of the place before is lifted to it.</summary>
    public EventSlot Reserve(TraceStamp stamp)
    {
        _nanoseconds = Math.Max(_nanoseconds, stamp.Nanoseconds);
        var slot = new EventSlot(stamp with { Nanoseconds = _nanoseconds });
        _slots.Enqueue(slot);
        return slot;
    }

    /// <summary>Takes the first place if it is settled.</summary>
    public bool TryTake([NotNullWhen(true)] out EventSlot? slot)
    {
        if (_slots.TryPeek(out slot) && (slot.IsSettled || _slots.Count > MostWaiting))
        {
            slot.Settle(null);
            _slots.Dequeue();
            return true;
        }

        return false;
    }

    /// <summary>Settles all places: nothing more comes.</summary>
    public void SettleAll()
    {
        foreach (EventSlot slot in _slots)
        {
            slot.Settle(null);
        }
    }
}
