namespace MmuNotifiers.Replacement;

/// <summary>Where pages to evict come from: a pool, or one address space. Used under the lock of those who choose.</summary>
internal abstract class VictimSource
{
    /// <summary>How many pages go at once at most.</summary>
    internal const int MaxPagesAtOnce = 32;

    /// <summary>At most such a part of the pages goes at once: what goes before it must is missed in a small pool.</summary>
    private const int PagesPerPageAtOnce = 128;

    /// <summary>The fewest pages that are looked for at once.</summary>
    private const int LeastWidth = 64;

    private readonly ResidencyClock _residency;

    /// <summary>What each rule found.</summary>
    private readonly VictimQueue[] _queues;

    /// <summary>How many pages may still go before the ptes are asked again.</summary>
    private long _untilWalk;

    /// <summary>How many pages are looked for: more where those that were found had all just come.</summary>
    private int _width = LeastWidth;

    private protected VictimSource(ReplacementPolicy policy, ResidencyClock residency)
    {
        Policy = policy;
        _residency = residency;
        _queues = [.. Enumerable.Range(0, RuleWeights.Rules).Select(_ => new VictimQueue(policy, residency))];
    }

    /// <summary>How many pages there are about, those that cannot go included.</summary>
    internal abstract long Pages { get; }

    private protected ReplacementPolicy Policy { get; }

    /// <summary>How many pages to let go at once where so many are wanted; at least one.</summary>
    internal int PagesAtOnce(long wanted) => (int)Math.Clamp(Math.Min(wanted, Pages / PagesPerPageAtOnce), 1, MaxPagesAtOnce);

    /// <summary>Chooses pages to go.</summary>
    /// <param name="chosen">Receives them, <see cref="PagesAtOnce"/> at most.</param>
    /// <param name="effort">What was tried before, and so may be taken.</param>
    /// <param name="recent">How many were left alone because they had just come.</param>
    /// <returns>How many were chosen; 0 where neither what was known nor another walk gave one.</returns>
    internal int Choose(Span<FrameNumber> chosen, ReclaimEffort effort, out int recent)
    {
        recent = 0;
        _residency.Update();
        int taken = _untilWalk > 0 ? Take(chosen, effort, ref recent) : 0;
        for (int attempt = 0; taken == 0 && attempt < 2; attempt++)
        {
            // A walk helps to nothing where all that was found had just come.
            if (attempt == 0 ? _untilWalk <= 0 : recent == 0)
            {
                Walk();
                _untilWalk = ReplacementPolicy.PagesPerWalk(Pages);
            }

            Refill();
            recent = 0;
            taken = Take(chosen, effort, ref recent);
            _width = taken > 0 ? LeastWidth : (int)Math.Min(_width * 4L, Math.Max(Pages, LeastWidth));
        }

        _untilWalk -= taken;
        return taken;
    }

    /// <summary>Pages that were chosen stayed: they bring the next walk no nearer.</summary>
    internal void Stayed(int pages) => _untilWalk += pages;

    /// <summary>Forgets what was found, where a pool begins anew.</summary>
    internal void Reset()
    {
        _untilWalk = 0;
        _width = LeastWidth;
        Array.ForEach(_queues, static queue => queue.Room(0));
    }

    /// <summary>Asks the ptes and the secondaries which pages were used.</summary>
    private protected abstract void Walk();

    /// <summary>Finds the pages that are fittest to go by a rule.</summary>
    private protected abstract int Find(VictimRule rule, Span<Victim> victims);

    private void Refill()
    {
        int pages = (int)Math.Min(Math.Max(_width, 2 * ReplacementPolicy.PagesPerWalk(Pages)), Array.MaxLength / 8);
        for (int rule = 0; rule < _queues.Length; rule++)
        {
            _queues[rule].Filled(Find((VictimRule)rule, _queues[rule].Room(pages)));
        }
    }

    private int Take(Span<FrameNumber> chosen, ReclaimEffort effort, ref int recent)
    {
        int taken = 0;
        while (taken < chosen.Length)
        {
            VictimRule rule = Policy.NextRule();
            bool isFound = TryTakeNew(rule, chosen[..taken], effort, ref recent, out FrameNumber frame);
            for (int next = 1; !isFound && next < _queues.Length; next++)
            {
                rule = (VictimRule)(((int)rule + 1) % _queues.Length);
                isFound = TryTakeNew(rule, chosen[..taken], effort, ref recent, out frame);
            }

            if (!isFound)
            {
                break;
            }

            Policy.Choose(frame, IsWantedByAnother(rule, frame) ? null : rule);
            chosen[taken++] = frame;
        }

        return taken;
    }

    /// <summary>Whether the page that a rule chose is the next of another one.</summary>
    private bool IsWantedByAnother(VictimRule rule, FrameNumber frame)
    {
        for (int other = 0; other < _queues.Length; other++)
        {
            if (other != (int)rule && _queues[other].TryPeek(out FrameNumber theirs) && theirs == frame)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes the next page of a rule that was not chosen by the other just now.</summary>
    private bool TryTakeNew(VictimRule rule, ReadOnlySpan<FrameNumber> chosen, ReclaimEffort effort, ref int recent, out FrameNumber frame)
    {
        while (_queues[(int)rule].TryTake(effort.TakesRecentPages, ref recent, out frame))
        {
            if (!chosen.Contains(frame))
            {
                return true;
            }
        }

        return false;
    }
}
