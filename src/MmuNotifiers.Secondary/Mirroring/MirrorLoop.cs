using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary;

/// <summary>
/// The collision-retry loop that every mirror of a primary's translations needs, once: sample, look up, install unless a
/// bracket came between. Each MMU supplies only its install.
/// </summary>
/// <remarks>
/// The race that it closes:
/// <code>
///   device                                primary
///   s = sequence
///   FaultRange: page P -> frame F
///                                         start: count it, drop translations of P
///                                         clear the pte, free F
///                                         end: raise the sequence, uncount
///   install P -> F unless s is outdated   must not happen: F belongs to somebody else
/// </code>
/// It works alike over a <see cref="BracketSequence"/> (count and sequence, for subscriptions to the address space) and over an
/// <see cref="IntervalSubscription"/>. Without state that changes; any number of threads may use one instance.
/// </remarks>
public sealed class MirrorLoop
{
    private readonly IPrimaryMmu _primary;
    private readonly long _budgetTicks;

    /// <summary>Makes a loop over a primary.</summary>
    /// <param name="primary">Who is asked for translations.</param>
    /// <param name="budget">How long colliding brackets may delay one fault.</param>
    public MirrorLoop(IPrimaryMmu primary, TimeSpan budget)
    {
        ArgumentNullException.ThrowIfNull(primary);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(budget, TimeSpan.Zero);
        _primary = primary;
        _budgetTicks = (long)(budget.TotalSeconds * SharedClock.Frequency);
    }

    /// <summary>One second, as Linux' HMM_RANGE_DEFAULT_TIMEOUT.</summary>
    public static TimeSpan DefaultBudget { get; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Faults pages in and installs them in the target. Takes no reference on frames. May block; the caller holds no lock that
    /// the target's invalidation takes, and is inside no section of accesses.
    /// </summary>
    /// <param name="target">Where the translations go.</param>
    /// <param name="range">The pages, page aligned.</param>
    /// <param name="access">What the device is about to do.</param>
    /// <param name="translations">Room for one entry for each page; its contents afterwards must not be used.</param>
    /// <returns>
    /// How many pages were installed, and why no more: the primary's refusal, <see cref="FaultResult.NotMapped"/> when the address
    /// space is gone, or <see cref="FaultResult.WouldBlock"/> when brackets collided until the budget was used up.
    /// </returns>
    public MirrorResult Fault(IMirrorTarget target, AddressRange range, AccessRights access, Span<Translation> translations)
    {
        ArgumentNullException.ThrowIfNull(target);
        SharedSpin spin = default;
        long deadline = 0;
        for (int retries = 0; ; retries++)
        {
            if (!target.TryReadBegin(range, out ulong sequence))
            {
                return new MirrorResult(FaultResult.NotMapped, 0, retries);
            }

            RangeFaultResult fault = _primary.FaultRange(range, access, translations);
            if (fault.Pages == 0 && fault.Result != FaultResult.WouldBlock)
            {
                return new MirrorResult(fault.Result, 0, retries);
            }

            if (fault.Pages > 0)
            {
                AddressRange found = AddressRange.FromPages(range.Start, (ulong)fault.Pages);
                if (target.TryInstall(found, translations[..fault.Pages], access, sequence))
                {
                    return new MirrorResult(fault.Result, fault.Pages, retries);
                }
            }

            long now = SharedClock.GetTimestamp();
            deadline = deadline == 0 ? now + _budgetTicks : deadline;
            if (now > deadline)
            {
                return new MirrorResult(FaultResult.WouldBlock, 0, retries + 1);
            }

            spin.Once();
        }
    }
}
