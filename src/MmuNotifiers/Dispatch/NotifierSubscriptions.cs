using System.Runtime.CompilerServices;
using MmuNotifiers.Diagnostics;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers;

/// <summary>
/// Everyone who is subscribed to one address space, and the dispatch of its brackets to them. An owner of page tables has one for
/// each address space; the kernel's name for it is <c>mmu_notifier_subscriptions</c>.
/// </summary>
/// <remarks>
/// A bracket is a read-side section of a grace period from its start to its end, and works on one immutable snapshot of the
/// subscribers: exactly those who were told of the start are told of the end (I6). No lock is held while a callback runs.
/// <code>
///   bracket                                     Add (whole address space, or a cache)
///   mark own slot; read snapshot                publish snapshot with the new subscriber
///   intervals, then list: start                 wait until each section that was open has ended
///   ptes change                                 (whoever is still open has told the new subscriber)
///   list: end; close intervals; unmark
/// </code>
/// Removal is the same with a snapshot that lacks the subscriber. An interval does not wait when it is added: its first reader does,
/// for those open brackets only that overlap it.
/// <para>Lock order: no lock of this class is held over a callback or a wait, except that a reader sleeps on <see cref="Readers"/>.</para>
/// </remarks>
public sealed partial class NotifierSubscriptions
{
    private readonly GracePeriod _grace = new();
    private readonly StatisticsCounters? _statistics;
    private readonly BracketLedger? _ledger = Checks.AreOn ? new BracketLedger() : null;

    /// <summary>Null as long as nobody is subscribed and nothing is counted. Written under <see cref="_registration"/>.</summary>
    private SubscriptionSnapshot? _snapshot;

    /// <summary>Makes one without subscribers, that counts nothing.</summary>
    public NotifierSubscriptions()
        : this(NotifierOptions.None)
    {
    }

    /// <summary>Makes one without subscribers.</summary>
    /// <param name="options">What shall be counted.</param>
    public NotifierSubscriptions(NotifierOptions options)
    {
        NotifierDiagnostics.Publish();
        if (options != NotifierOptions.None)
        {
            _statistics = new StatisticsCounters(options.HasFlag(NotifierOptions.MeasureTime));
            _snapshot = SubscriptionSnapshot.Empty;
        }
    }

    /// <summary>Whether nobody is subscribed.</summary>
    public bool IsEmpty => Shared.Read(in _snapshot, this) is not { IsEmpty: false };

    /// <summary>What was counted since this was made; all zero unless it was made with <see cref="NotifierOptions"/>.</summary>
    public NotifierStatistics Statistics => _statistics is null ? default : _statistics.Read();

    /// <summary>Where readers of intervals sleep until the brackets over their interval end.</summary>
    internal SharedMonitor Readers { get; } = new();

    /// <summary>Who hears of brackets beside the subscribers, where checks are made; elsewhere nobody does.</summary>
    internal IBracketObserver? BracketObserver
    {
        get => _ledger?.Observer;
        set => _ = _ledger is null ? null : _ledger.Observer = value;
    }

    /// <summary>
    /// Opens a bracket: calls every subscriber's start, intervals first. Blocks until all have returned. With nobody subscribed it
    /// only leaves a mark, so that whoever subscribes meanwhile waits for its end.
    /// </summary>
    /// <param name="range">What changes, blockable; an empty range tells no interval.</param>
    /// <returns>The bracket; dispose it on the same thread after the translations have changed.</returns>
    /// <exception cref="InvalidOperationException">A subscriber refused a blockable range.</exception>
    /// <remarks>
    /// When a callback throws, the bracket is rolled back as for a refusal and the exception passes on: nothing may change.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public InvalidationScope Invalidate(scoped in InvalidationRange range)
    {
        GraceSlot slot = EnterBracket(range.Range);
        SubscriptionSnapshot? snapshot = Shared.Read(in _snapshot, this);
        return new InvalidationScope(slot, snapshot is null && !Checks.AreOn ? default : Start(in range, snapshot, slot));
    }

    /// <summary>Opens a bracket without blocking: callbacks that would have to block refuse.</summary>
    /// <param name="range">What changes.</param>
    /// <param name="scope">The bracket, if it opened.</param>
    /// <returns>
    /// False if a subscriber refused: then everybody who had accepted was rolled back, nobody else was told, and nothing may change.
    /// </returns>
    public bool TryInvalidate(scoped in InvalidationRange range, out InvalidationScope scope)
    {
        GraceSlot slot = EnterBracket(range.Range);
        SubscriptionSnapshot? snapshot = Shared.Read(in _snapshot, this);
        if (snapshot is null && !Checks.AreOn)
        {
            scope = new InvalidationScope(slot, default);
            return true;
        }

        InvalidationRange nonBlockable = range.NonBlockable();
        OpenBracket bracket = Start(in nonBlockable, snapshot, slot);
        scope = bracket.IsRefused ? default : new InvalidationScope(slot, bracket);
        return !bracket.IsRefused;
    }

    /// <summary>
    /// Tells of a change that has happened, where the caller holds a page-table lock: a bracket of no length, not blockable. The entries
    /// are changed and no page of the range is free yet. A subscriber that refuses because a lock of its own is taken is asked again until
    /// it accepts, as a spin lock would be waited for; its callbacks, the end included, must not block.
    /// </summary>
    /// <param name="range">What has changed.</param>
    /// <remarks>
    /// Enough for a subscriber that checks a sequence before it installs: whoever read the entry before it changed finds the sequence
    /// raised; whoever samples the sequence afterwards reads the changed entry.
    /// <code>
    ///   device                                 primary, under the page-table lock
    ///   s = sequence; reads the entry
    ///                                          changes the entry
    ///                                          start: drop; end: sequence + 1
    ///   install unless the sequence is not s   must not happen
    ///                                          unlocks; frees the page
    /// </code>
    /// </remarks>
    public void InvalidateUnderPageTableLock(scoped in InvalidationRange range)
    {
        using AtomicContext.Scope atomic = AtomicContext.Enter(this, nameof(InvalidateUnderPageTableLock));
        InvalidationScope scope;
        SharedSpin spin = default;
        while (!TryInvalidate(in range, out scope))
        {
            spin.Once();
        }

        scope.Dispose();
    }

    /// <summary>
    /// Asserts invariant I7: open brackets of this address space cover the range. In debug builds and under a race checker; elsewhere nothing.
    /// </summary>
    /// <exception cref="InvariantViolationException">No open bracket covers it.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void AssertCovered(AddressRange range)
    {
        if (Checks.AreOn)
        {
            _ledger!.AssertCovered(range);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private GraceSlot EnterBracket(AddressRange range) => _grace.EnterSlot(range.Start.Value, range.End.Value - 1);
}
