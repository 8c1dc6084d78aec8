using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MmuNotifiers.Replacement;

/// <summary>How fit pages are to go, by a rule and at a time.</summary>
/// <param name="rule">The rule.</param>
/// <param name="now">The time.</param>
/// <param name="turnover">The time in which as many pages come as the pool holds.</param>
/// <param name="reuse">What was seen of how long pages stay unused.</param>
internal readonly struct VictimScale(VictimRule rule, uint now, uint turnover, ReuseStatistics reuse)
{
    /// <summary>By the interval a page goes only when it has been unused for this part of a turnover: a page of which nothing is known has just come.</summary>
    private const uint YoungPart = 20;

    /// <summary>The bits of an interval that say by which rule a page was chosen.</summary>
    internal const uint RuleMask = 3;

    /// <summary>The scores of pages; 0 for those that stay.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Vector512<uint> Score(Vector512<uint> lastUses, Vector512<uint> intervals)
    {
        // A use that another thread notes meanwhile may lie ahead.
        Vector512<uint> age = Vector512.Create(now) - lastUses;
        Vector512<uint> isPast = Vector512.LessThanOrEqual(age, Vector512.Create((uint)int.MaxValue));
        age &= isPast;
        if (rule == VictimRule.Recency)
        {
            // One more for all that is not ahead: what was used just now goes, too, if it must.
            return age - isPast;
        }

        Vector512<uint> isOld = isPast & Vector512.GreaterThanOrEqual(age, Vector512.Create(turnover / YoungPart));
        Vector512<uint> interval = intervals & Vector512.Create(~RuleMask);
        if (rule == VictimRule.Expectation)
        {
            return isOld == Vector512<uint>.Zero ? isOld : Expect(age, interval) & isOld;
        }

        // A page of which one use is known is taken to come back after two turnovers. One that is overdue may come at any time.
        interval = Vector512.ConditionalSelect(Vector512.Equals(interval, Vector512<uint>.Zero), Vector512.Create(2 * turnover), interval);
        Vector512<uint> overdue = age - Vector512.Min(interval, age);
        return (interval - Vector512.Min(interval, age) + (overdue >> 1)) & isOld;
    }

    /// <summary>The score of one page.</summary>
    internal uint Score(uint lastUse, uint interval)
    {
        if (rule != VictimRule.Expectation)
        {
            return Score(Vector512.Create(lastUse), Vector512.Create(interval)).ToScalar();
        }

        uint age = now - lastUse;
        return age <= int.MaxValue && age >= turnover / YoungPart ? reuse.Score(age, interval & ~RuleMask) : 0;
    }

    private Vector512<uint> Expect(Vector512<uint> ages, Vector512<uint> intervals)
    {
        Span<uint> scores = stackalloc uint[Vector512<uint>.Count];
        for (int lane = 0; lane < scores.Length; lane++)
        {
            scores[lane] = reuse.Score(ages.GetElement(lane), intervals.GetElement(lane));
        }

        return Vector512.Create<uint>(scores);
    }
}
