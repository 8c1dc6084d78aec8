using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary;

/// <summary>
/// Count and sequence: what a subscriber to a whole address space keeps so that a fault notices a bracket that collided with it
/// (KVM's mmu_invalidate_in_progress and mmu_invalidate_seq).
/// </summary>
/// <remarks>
/// Both are needed:
/// <code>
///   bracket relative to the look-up             caught by
///   open when the install checks                count: it is above 0 and the range covers the page
///   started and ended between sample and check  sequence: it changed
///   ended before the sample                     nothing: the look-up saw the new translation
/// </code>
/// The end raises the sequence <b>before</b> it lowers the count, and the check reads the count before the sequence: whoever no
/// longer sees the count sees the new sequence. The range is widened to the union of all open brackets and narrowed only when
/// none is open: a false collision costs a retry, a missed one a stale translation.
/// </remarks>
public sealed class BracketSequence
{
    /// <summary>Under a race checker a look waits until something has changed, or everybody waits: then one is enough.</summary>
    private static readonly int MaxLooks = Shared.Controlled ? 1 : 32;

    /// <summary>Open brackets. Written under the owner's lock; read without it.</summary>
    private int _inProgress;

    /// <summary>How many brackets have ended. Written under the owner's lock; read without it.</summary>
    private ulong _sequence;

    /// <summary>The union of the open brackets. Written under the owner's lock, before <see cref="_inProgress"/>; read without it.</summary>
    private ulong _start;

    /// <inheritdoc cref="_start"/>
    private ulong _end;

    /// <summary>Counts a bracket. The caller holds its lock.</summary>
    /// <remarks>
    /// An owner whose installs do not take that lock follows this with a full fence before it drops translations; it pairs with
    /// the one between such an install and its check.
    /// </remarks>
    public void Start(AddressRange range)
    {
        bool first = _inProgress == 0;
        Shared.Write(ref _start, first ? range.Start.Value : Math.Min(_start, range.Start.Value), this);
        Shared.Write(ref _end, first ? range.End.Value : Math.Max(_end, range.End.Value), this);
        Shared.Write(ref _inProgress, _inProgress + 1, this);
    }

    /// <summary>Uncounts a bracket that <see cref="Start"/> counted. The caller holds its lock.</summary>
    public void End()
    {
        Shared.Write(ref _sequence, _sequence + 1, this);
        Shared.Write(ref _inProgress, _inProgress - 1, this);
    }

    /// <summary>
    /// Waits a little while an open bracket covers the range, since a look-up now would be for nothing. Returns in any case: how
    /// long brackets may delay a fault is for <see cref="MirrorLoop"/> to say. The caller holds no lock.
    /// </summary>
    public void AwaitUncovered(AddressRange range)
    {
        SharedSpin spin = default;
        for (int looks = 0; looks < MaxLooks && Covers(range); looks++)
        {
            spin.Once();
        }
    }

    /// <summary>The sequence at the beginning of a look-up: to be read before the primary is asked. No lock needed.</summary>
    public ulong Sample() => Shared.Read(in _sequence, this);

    /// <summary>
    /// Whether a bracket collided with a look-up. Final under the owner's lock, or behind the fence of an install that nobody can
    /// use yet; without either a hint whose true is reliable.
    /// </summary>
    /// <param name="range">The pages that were looked up.</param>
    /// <param name="sequence">What <see cref="Sample"/> gave before the look-up.</param>
    public bool MustRetry(AddressRange range, ulong sequence) => Covers(range) || Shared.Read(in _sequence, this) != sequence;

    /// <summary>Whether an open bracket may cover a page of the range: a hint unless the owner's lock is held.</summary>
    public bool Covers(AddressRange range) =>
        Shared.Read(in _inProgress, this) != 0
        && range.Start.Value < Shared.Read(in _end, this)
        && Shared.Read(in _start, this) < range.End.Value;
}
