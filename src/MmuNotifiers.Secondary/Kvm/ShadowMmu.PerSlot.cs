using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary.Kvm;

/// <summary>Slots that are subscribed each for itself (<see cref="SlotAttachment.PerSlot"/>).</summary>
/// <remarks>
/// The slot's interval takes the place of count and sequence: no end is needed, nothing is counted in one place and uncounted in another,
/// so slots come and go while brackets are open.
/// <code>
///   device                                     bracket over the slot
///   s = slot.ReadBegin()
///   asks the primary
///                                              mmu lock: slot.SetSequence; zap; wait for accesses in flight; unlock
///   mmu lock: slot removed, or ReadRetry(s)?   then nothing is installed
/// </code>
/// </remarks>
public sealed partial class ShadowMmu
{
    /// <summary>A bracket over a slot begins; it comes straight from the slot's subscription.</summary>
    internal bool InvalidateSlot(
        SlotNotifier notifier, IntervalSubscription subscription, in InvalidationRange range, ulong sequence)
    {
        if (range.IsBlockable)
        {
            _mmuLock.Enter();
        }
        else if (!_mmuLock.TryEnter())
        {
            return false;
        }

        subscription.SetSequence(sequence);
        ZapVisitor visitor = new(_primary);
        notifier.Slot.Visit(range.Range, ref visitor);
        FlushLocked(visitor.Zapped);
        if (range.Event == InvalidationEvent.Release)
        {
            Shared.Write(ref _released, true, this);
        }
        else
        {
            _slotCallbacks++;
            _slotPagesNamed += (long)range.Range.Intersect(subscription.Range).Pages;
            _usefulCallbacks += visitor.Zapped > 0 ? 1 : 0;
            _pagesInvalidated += visitor.Zapped;
        }

        _mmuLock.Exit();
        return true;
    }

    /// <summary>Begins a look-up for a slot: by its own subscription if it has one, else by the count and sequence of the guest.</summary>
    /// <returns>False if the slot went away, or the address space.</returns>
    internal bool TryReadBegin(MemorySlot slot, AddressRange range, out ulong sequence)
    {
        sequence = 0;
        if (slot.Subscription is not { } subscription)
        {
            Brackets.AwaitUncovered(range);
            sequence = Brackets.Sample();
        }
        else if (!IsReleased && !slot.IsRemoved)
        {
            try
            {
                sequence = subscription.ReadBegin();
            }
            catch (ObjectDisposedException)
            {
                // Removed since the line above.
                return false;
            }
        }

        return !IsReleased && !slot.IsRemoved;
    }

    /// <summary>Whether a bracket collided with a look-up. Under the mmu lock.</summary>
    private bool MustRetryLocked(MemorySlot slot, AddressRange range, ulong sequence) =>
        slot.Subscription is { } subscription ? subscription.ReadRetry(sequence) : Brackets.MustRetry(range, sequence);

    private void Subscribe(MemorySlot slot)
    {
        if (_attachment == SlotAttachment.PerSlot)
        {
            slot.Subscription = _primary.Register(new SlotNotifier(this, slot), slot.UserRange);
        }
    }
}
