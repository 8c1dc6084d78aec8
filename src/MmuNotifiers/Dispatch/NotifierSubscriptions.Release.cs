using System.Runtime.ExceptionServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers;

/// <summary>The end of the address space.</summary>
public sealed partial class NotifierSubscriptions
{
    /// <summary>
    /// The address space goes away; to be called before any page of it is freed, and with no bracket open in this thread.
    /// Intervals see a bracket over everything, every address-space-wide subscriber's release is called once, caches over the
    /// primary's table are flushed. No subscription can be made afterwards. Those of intervals and caches stay, so that they are
    /// told while the tables are torn down; the others are gone on return. Calling it again does nothing.
    /// </summary>
    /// <remarks>
    /// A subscription may be disposed at the same time: that waits for this call's section, and its release is called at most once.
    /// Every subscriber is told, whatever another throws; the first exception passes on at the end.
    /// </remarks>
    /// <exception cref="InvalidOperationException">Called inside a bracket or a callback.</exception>
    public void Release()
    {
        _grace.ThrowIfInside(nameof(Release));
        using (_registration.EnterScope())
        {
            if (_isReleased)
            {
                return;
            }

            _isReleased = true;
        }

        Exception? thrown = Attempt(static self => self.ReleaseIntervals(), null);
        thrown = ReleaseNotifiers(thrown);
        thrown = Attempt(static self => self.FlushSecondaryTlbs(AddressRange.All), thrown);
        using (_registration.EnterScope())
        {
            if (_snapshot is not null)
            {
                NotifierSubscription[] gone = _snapshot.Notifiers;
                PublishLocked(_snapshot.WithoutNotifiers());
                Array.ForEach(gone, ForgetRangesLocked);
            }
        }

        _grace.Synchronize();
        if (thrown is not null)
        {
            ExceptionDispatchInfo.Throw(thrown);
        }
    }

    private void ReleaseIntervals()
    {
        GraceSlot slot = EnterBracket(AddressRange.All);
        SubscriptionSnapshot? snapshot = Shared.Read(in _snapshot, this)?.WithoutNotifiers();
        InvalidationRange everything = new(AddressRange.All, InvalidationEvent.Release);
        Start(in everything, snapshot, slot).End(slot);
    }

    private Exception? ReleaseNotifiers(Exception? thrown)
    {
        using GraceSection section = _grace.Enter();
        foreach (NotifierSubscription subscription in Shared.Read(in _snapshot, this)?.Notifiers ?? [])
        {
            thrown = Attempt(static subscription => subscription.ReleaseOnce(), subscription, thrown);
        }

        return thrown;
    }

    private Exception? Attempt(Action<NotifierSubscriptions> action, Exception? thrown) => Attempt(action, this, thrown);

    private static Exception? Attempt<T>(Action<T> action, T target, Exception? thrown)
    {
        try
        {
            action(target);
            return thrown;
        }
#pragma warning disable CA1031 // Whatever it is, the others are told first.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return thrown ?? exception;
        }
    }
}
