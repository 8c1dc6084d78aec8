namespace MmuNotifiers;

/// <summary>
/// A subscriber that holds its own copy of translations of an address space (shadow page tables, a device's TLB) and is told
/// before they change. Implement <see cref="IAgingNotifier"/> or <see cref="IUpdateNotifier"/> on the same object to be asked
/// and told more. A subscriber that shares the primary's table implements <see cref="ISecondaryTlb"/> instead, never both.
/// </summary>
/// <remarks>
/// The bracket. Between start and end the primary's translations of the range change; after start has returned, the subscriber
/// must not use or install a translation of any address in the range until end was called:
/// <code>
///   primary                                subscriber
///   InvalidateRangeStart(range)      ->    drop every translation of range, wait until nobody uses one,
///                                          count the bracket so that a fault in flight will retry
///   clear ptes, gather frames              (faults on range retry)
///   free the frames
///   InvalidateRangeEnd(range)        ->    raise the sequence, then uncount the bracket
/// </code>
/// Brackets may nest in one thread and run concurrently on many, over overlapping ranges.
/// </remarks>
public interface IMmuNotifier
{
    /// <summary>
    /// Called before any translation in <paramref name="range"/> changes, while every page of it is still mapped and alive. No
    /// page-table lock is held. On return no access through a translation of the range is in flight and none starts before
    /// the matching end.
    /// </summary>
    /// <param name="range">What is about to change. Valid during the call only.</param>
    /// <returns>
    /// True when done. False only if the range is not blockable and the callback would have to block: then the operation does
    /// not happen, <see cref="InvalidateRangeEnd"/> is not called for this subscriber, and whatever it had begun it undoes itself.
    /// </returns>
    bool InvalidateRangeStart(in InvalidationRange range);

    /// <summary>
    /// Called once for each start that returned true, after the translations changed; the pages may have been freed. May block
    /// if the range is blockable; else it may at most spin for a lock whose holders do not block. Cannot fail.
    /// </summary>
    /// <param name="range">The same values that start was given.</param>
    void InvalidateRangeEnd(in InvalidationRange range);

    /// <summary>
    /// The address space goes away: called once, before any of its pages is freed, and possibly at the same time as a dispose
    /// of the subscription. On return no access through any translation is in flight, and none will start. May block.
    /// </summary>
    void Release();
}
