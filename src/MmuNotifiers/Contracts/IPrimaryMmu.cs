namespace MmuNotifiers;

/// <summary>
/// All that a secondary MMU may ask of an address space, whoever implements it: a <c>MmuNotifiers.Primary</c> address space, or
/// real memory. Safe to call from any thread, never from inside a notifier's callback except where a member says so.
/// </summary>
public interface IPrimaryMmu
{
    /// <summary>
    /// Subscribes to the whole address space. On return the subscriber sees every bracket that can matter to it: none that
    /// started before is still open. May block until such brackets end.
    /// </summary>
    /// <exception cref="ArgumentException">The notifier is also an <see cref="ISecondaryTlb"/>.</exception>
    /// <exception cref="InvalidOperationException">Called from inside a bracket, or the address space was released.</exception>
    NotifierSubscription Register(IMmuNotifier notifier);

    /// <summary>
    /// Subscribes to an interval. Does not wait for brackets that are open: the first
    /// <see cref="IntervalSubscription.ReadBegin"/> does.
    /// </summary>
    /// <exception cref="ArgumentException">The range is empty or not page aligned.</exception>
    /// <exception cref="InvalidOperationException">The address space was released.</exception>
    IntervalSubscription Register(IIntervalNotifier notifier, AddressRange range);

    /// <summary>Subscribes a cache over the primary's own page table.</summary>
    /// <exception cref="ArgumentException">The notifier is also an <see cref="IMmuNotifier"/>.</exception>
    /// <exception cref="InvalidOperationException">Called from inside a bracket, or the address space was released.</exception>
    TlbSubscription Register(ISecondaryTlb tlb);

    /// <summary>
    /// Faults in every page of a range for an access and reports the translations. Takes no reference on the frames: the
    /// result is a snapshot which the caller must check by its retry protocol, under its lock, before it installs anything.
    /// May block; the caller holds no lock that a callback of its own takes. Allowed while the address space goes away and
    /// afterwards: then nothing is mapped.
    /// </summary>
    /// <param name="range">The pages, page aligned.</param>
    /// <param name="access">
    /// What will be done to them. Write breaks copy-on-write and makes the pte dirty. None faults nothing in: each page is reported as
    /// it is, without rights where an access would fault. That is for those who prefetch.
    /// </param>
    /// <param name="translations">Receives one entry for each page; at least as long as the range has pages.</param>
    /// <exception cref="ArgumentException">The range is not page aligned, or <paramref name="translations"/> is too short.</exception>
    RangeFaultResult FaultRange(AddressRange range, AccessRights access, Span<Translation> translations);

    /// <summary>
    /// Where the bytes of a frame lie in this process. Never blocks; may be called from a callback. The bytes may be used only
    /// as long as the caller's own translation of the frame is valid.
    /// </summary>
    nint FrameAddress(FrameNumber frame);

    /// <summary>
    /// Says that a device wrote to a frame, so that the bytes are not lost when it is evicted. Allowed while a translation
    /// of the frame is valid, inside <see cref="IMmuNotifier.InvalidateRangeStart"/> at the latest. Never blocks.
    /// </summary>
    void MarkDirty(FrameNumber frame);

    /// <summary>Says that a device used a frame. Same rule as <see cref="MarkDirty"/>. Never blocks.</summary>
    void MarkYoung(FrameNumber frame);
}
