namespace MmuNotifiers;

/// <summary>
/// A subscriber to one interval of an address space. It needs no end: its reader asks the subscription whether a bracket
/// collided, see <see cref="IntervalSubscription"/>.
/// </summary>
public interface IIntervalNotifier
{
    /// <summary>
    /// Called before translations of the interval change, with the same promises as <see cref="IMmuNotifier.InvalidateRangeStart"/>.
    /// The implementation takes the lock under which its readers install (its <i>user lock</i>), calls
    /// <see cref="IntervalSubscription.SetSequence"/> under it <b>unconditionally</b>, drops the translations and waits for the device.
    /// </summary>
    /// <param name="subscription">The subscription that was hit.</param>
    /// <param name="range">The bracket; it overlaps the subscription's interval and may pass its ends.</param>
    /// <param name="sequence">The value for <see cref="IntervalSubscription.SetSequence"/>.</param>
    /// <returns>True when done; false only for a range that is not blockable, if the user lock is not free.</returns>
    bool Invalidate(IntervalSubscription subscription, in InvalidationRange range, ulong sequence);
}
