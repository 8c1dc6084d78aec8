namespace MmuNotifiers;

/// <summary>
/// Where evicted pages go: slots of 4096 bytes, numbered from 0. Who evicts decides which slot a page gets, and drops a page from memory only
/// after its write succeeded; a store neither knows addresses nor counts references. All members are safe to call from any thread.
/// </summary>
/// <remarks>
/// Each page of a batch ends in its own <see cref="SwapOutcome"/>: a store answers for what it did with every single one, and reports what the
/// domain knows (no space, an I/O error, a page that is lost) as an outcome, never as an exception. Exceptions are for wrong use alone: a slot that
/// is out of range, a transfer that is not one page, a store that was disposed.
/// </remarks>
public interface ISwapStore : IAsyncDisposable
{
    /// <summary>What kind of store it is, in one word or a few, for reports and messages: <c>file</c>, <c>lz4+file</c>, <c>redis</c>.</summary>
    string Name { get; }

    /// <summary>How many pages it can hold at most. A store may run out of space before.</summary>
    long SlotCount { get; }

    /// <summary>
    /// Stores pages. When it completes, each page whose outcome is success is as safe as the store's policy says, and replaces what the
    /// slot held; of the others, the slot's content is undefined. A store may complete on the caller's thread, having blocked it.
    /// </summary>
    /// <param name="transfers">
    /// Which bytes go to which slot, no slot twice; the store sets each outcome. Until it completes, nobody changes the bytes, reads or writes
    /// the same slots, or reuses the transfers. Neighbours in the batch whose slots are neighbours can be written as one.
    /// </param>
    /// <param name="cancellationToken">Ends the wait early: what was not written by then ends as <see cref="SwapOutcome.Unavailable"/>.</param>
    ValueTask WriteAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default);

    /// <summary>
    /// Fetches pages. A page whose outcome is not success leaves its bytes undefined. A store verifies what it can: bytes that are not those which were
    /// written are <see cref="SwapOutcome.Corrupt"/>, never a success. A store may complete on the caller's thread, having blocked it.
    /// </summary>
    /// <param name="transfers">Which slots go where; the store fills the bytes and sets each outcome. Not to be touched until it completes.</param>
    /// <param name="cancellationToken">Ends the wait early: what was not read by then ends as <see cref="SwapOutcome.Unavailable"/>.</param>
    ValueTask ReadAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default);

    /// <summary>
    /// Says that the content of slots is not needed any more, so that the store may give their space back. A hint: does not block, cannot fail, and a
    /// slot that is written later holds what was written then.
    /// </summary>
    /// <param name="slots">Slots that nobody reads or writes at the moment.</param>
    void Discard(ReadOnlySpan<long> slots);
}
