namespace MmuNotifiers.Replacement;

/// <summary>
/// How hard somebody who needs a frame has tried to get one, and what may be taken next. It only grows, up to an end: so who needs a frame
/// gets one, or learns after a bounded effort that there is none.
/// </summary>
/// <remarks>
/// <code>
///   stage   may go                                             ends when
///   0       pages that nobody used since the last look         as many pages as there are were tried: 1; none was left to try: 2
///   1       used pages too                                     the same: 2
///   2       pages that have just come too, and those that      the same; then there is none
///           could not go before are tried once more
/// </code>
/// In the first two stages, where all that could go has just come, time is given to those who brought it in. What could not go is not tried
/// again within a stage: where nothing can go, all pages are tried once or twice. Where pages stayed for a reason that passes the last stage is begun once
/// more, some times: <see cref="MayRepeat"/>.
/// </remarks>
internal readonly record struct ReclaimEffort
{
    private const int Stages = 3;
    private const int MaxWaits = 8;
    private const int MaxRepeats = 16;

    /// <summary>The stage.</summary>
    private int Stage { get; init; }

    /// <summary>How many pages were tried in it since one was freed.</summary>
    private long Tried { get; init; }

    /// <summary>How often time was given in it since one was freed.</summary>
    private int Waits { get; init; }

    /// <summary>Whether pages that were used since the last look go too.</summary>
    internal bool TakesUsedPages => Stage > 0;

    /// <summary>Whether pages that have just come go too.</summary>
    internal bool TakesRecentPages => Stage > 1;

    /// <summary>Whether this is the last stage.</summary>
    internal bool IsLast => Stage == Stages - 1;

    /// <summary>How often the last stage was begun once more.</summary>
    internal int Repeats { get; private init; }

    /// <summary>How many pages a store or file refused in the stage.</summary>
    internal long Refused { get; private init; }

    /// <summary>How many pages stayed in the stage for a reason that passes.</summary>
    internal long Passing { get; private init; }

    /// <summary>Whether the last stage, which ended, may be begun once more.</summary>
    internal bool MayRepeat => Repeats < MaxRepeats;

    /// <summary>The last stage once more.</summary>
    internal ReclaimEffort Repeated => new() { Stage = Stages - 1, Repeats = Repeats + 1 };

    /// <summary>Whether everything was tried.</summary>
    internal bool IsExhausted => Stage >= Stages;

    /// <summary>Whether to wait for pages that have just come, if there is nothing else.</summary>
    internal bool MayWait => !TakesRecentPages && Waits < MaxWaits;

    /// <summary>The effort once it has been waited.</summary>
    internal ReclaimEffort AfterWait => this with { Waits = Waits + 1 };

    /// <summary>The effort after an attempt.</summary>
    /// <param name="step">How it went.</param>
    /// <param name="pages">How many pages there are.</param>
    internal ReclaimEffort After(ReclaimStep step, long pages)
    {
        if (step.Freed > 0)
        {
            return this with { Tried = 0, Waits = 0 };
        }

        ReclaimEffort seen = this with { Refused = Refused + step.Refused, Passing = Passing + step.Passing };

        long tried = Tried + step.Chosen;
        return IsLast && (step.Chosen == 0 || tried >= pages) ? seen with { Stage = Stages }
            : step.Chosen == 0 ? new ReclaimEffort { Stage = Stages - 1 }
            : tried >= pages ? new ReclaimEffort { Stage = Stage + 1 }
            : seen with { Tried = tried };
    }
}
