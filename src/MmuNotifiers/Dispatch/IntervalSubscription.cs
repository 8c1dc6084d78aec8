using System.Runtime.CompilerServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers;

/// <summary>A subscription to one interval, and the collision-retry sequence of its reader.</summary>
/// <remarks>
/// The reader (the driver's fault handler) and a bracket over the interval:
/// <code>
///   reader                                         bracket
///   s = ReadBegin()      waits while one is open   brackets + 1, starts + 1
///   translations = FaultRange(...)                 Invalidate: lock; SetSequence(starts); drop; unlock
///   lock                                           ptes change, frames are freed
///   if ReadRetry(s): unlock, again                 brackets - 1; wake readers at 0
///   install; unlock
/// </code>
/// A bracket whose Invalidate ran before the reader's lock has set another sequence, so the reader retries; one whose Invalidate
/// runs after it finds the installed translation and drops it. ReadBegin loads the sequence first and sees no open bracket
/// afterwards: then the bracket that set this sequence has ended, and the reader sees its ptes.
/// <para>
/// State of <see cref="_state"/>: bit 0 says that readers sleep; bits 1 to 20 count open brackets; the bits above count all that
/// ever started, which makes the sequence of each bracket, 2 x starts + 1, odd and its own. A new subscription has sequence 1.
/// </para>
/// </remarks>
public sealed class IntervalSubscription : IDisposable
{
    private const int StartShift = 21;
    private const ulong SleeperBit = 1;
    private const ulong OneBracket = 2;
    private const ulong OneStart = 1UL << StartShift;
    private const ulong BracketMask = OneStart - OneBracket;
    private const ulong DisposedSequence = 0;

    private readonly NotifierSubscriptions _subscriptions;

    private ulong _state;

    /// <summary>Guarded by the user lock of the subscriber; read without it as a hint.</summary>
    private ulong _sequence = 1;

    /// <summary>Whether the brackets that were open when the subscription was made, and could not see it, have ended.</summary>
    private bool _isSettled;

    internal IntervalSubscription(NotifierSubscriptions subscriptions, IIntervalNotifier notifier, AddressRange range)
    {
        _subscriptions = subscriptions;
        Notifier = notifier;
        Attached = notifier as AttachedRange;
        Range = range;
    }

    /// <summary>Who is called.</summary>
    public IIntervalNotifier Notifier { get; }

    /// <summary>The interval, page aligned.</summary>
    public AddressRange Range { get; }

    /// <summary>The range of a wider subscription that this entry stands for, which is told of ends too; or null.</summary>
    internal AttachedRange? Attached { get; }

    /// <summary>Who is asked for the ages of pages of the interval; null if nobody is.</summary>
    internal IAgingNotifier? Aging => (Attached is { } attached ? (object)attached.Owner.Notifier : Notifier) as IAgingNotifier;

    /// <summary>Whether the subscription is in the snapshot. Guarded by the lock that guards the snapshot.</summary>
    internal bool IsListed { get; set; }

    /// <summary>Whether the subscription has ended: no callback runs and none will.</summary>
    internal bool HasEnded => Shared.Read(in _sequence, this) == DisposedSequence;

    /// <summary>Whether a bracket that knows of the subscription is open over it.</summary>
    internal bool HasOpenBrackets => (Shared.Read(in _state, this) & BracketMask) != 0;

    /// <summary>
    /// Begins to read the primary's translations of the interval: waits until no open bracket overlaps it. The caller must hold
    /// no lock that its <see cref="IIntervalNotifier.Invalidate"/> takes. Allocates nothing.
    /// </summary>
    /// <returns>The value for <see cref="ReadRetry"/>: odd.</returns>
    /// <exception cref="InvalidOperationException">It would have to wait where that is not allowed, or for the calling thread's own bracket.</exception>
    /// <exception cref="ObjectDisposedException">The subscription has ended.</exception>
    public ulong ReadBegin()
    {
        ulong sequence = Shared.Read(in _sequence, this);
        if (!Shared.Read(in _isSettled, this) || HasOpenBrackets)
        {
            sequence = ReadBeginAfterBrackets();
        }

        ObjectDisposedException.ThrowIf(sequence == DisposedSequence, this);
        return sequence;
    }

    /// <summary>
    /// Whether a bracket touched the interval since <see cref="ReadBegin"/>, so that what was read must be thrown away. The
    /// caller holds its user lock and keeps it until the result is installed.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool ReadRetry(ulong sequence) => Shared.Read(in _sequence, this) != sequence;

    /// <summary>As <see cref="ReadRetry"/> without the user lock: true is reliable, false is not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool CheckRetry(ulong sequence) => Shared.Read(in _sequence, this) != sequence;

    /// <summary>To be called by every <see cref="IIntervalNotifier.Invalidate"/>, under the user lock, with the value it was given.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetSequence(ulong sequence) => Shared.Write(ref _sequence, sequence, this);

    /// <summary>
    /// Ends the subscription; on return no callback runs and none will. Waits for open brackets that overlap the interval. Not
    /// allowed under a lock that a callback takes. A reader that is between begin and retry must retry, and cannot begin again. Idempotent.
    /// </summary>
    /// <exception cref="InvalidOperationException">Called inside a bracket or a callback: it would wait for itself.</exception>
    public void Dispose()
    {
        if (Shared.Read(in _sequence, this) != DisposedSequence)
        {
            _subscriptions.Remove(this);
            Shared.Write(ref _sequence, DisposedSequence, this);
        }
    }

    /// <summary>A bracket over the interval opens.</summary>
    /// <returns>Its sequence: odd, and never that of another bracket over this interval.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ulong OpenBracket() => (Shared.Add(ref _state, OneStart + OneBracket, this) >> StartShift << 1) | 1;

    /// <summary>The bracket closes. Pairs with the load in <see cref="HasOpenBrackets"/>: who sees it closed sees its ptes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void CloseBracket()
    {
        ulong state = Shared.Add(ref _state, unchecked(0 - OneBracket), this);
        if ((state & (BracketMask | SleeperBit)) == SleeperBit)
        {
            WakeReaders();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ulong ReadBeginAfterBrackets()
    {
        AtomicContext.ThrowIfAtomic(nameof(ReadBegin));
        if (!Shared.Read(in _isSettled, this))
        {
            _subscriptions.WaitForBrackets(Range);
            Shared.Write(ref _isSettled, true, this);
        }

        while (true)
        {
            ulong sequence = Shared.Read(in _sequence, this);
            if (!HasOpenBrackets)
            {
                return sequence;
            }

            _subscriptions.ThrowIfInside(Range);
            Sleep();
        }
    }

    private void Sleep()
    {
        SharedMonitor monitor = _subscriptions.Readers;
        monitor.Enter();
        while ((Shared.Or(ref _state, SleeperBit, this) & BracketMask) != 0)
        {
            monitor.Wait();
        }

        Shared.And(ref _state, ~SleeperBit, this);
        monitor.Exit();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WakeReaders()
    {
        SharedMonitor monitor = _subscriptions.Readers;
        monitor.Enter();
        monitor.WakeAll();
        monitor.Exit();
    }
}
