namespace MmuNotifiers.Primary;

/// <summary>Where pages to evict come from: a pool, or one address space. Used under the lock of those who choose.</summary>
internal abstract class VictimSource
{
    private readonly ReplacementPolicy _policy;
    private readonly ResidencyClock _residency;
    private readonly VictimQueue _queue;

    /// <summary>How many pages may still be taken before the ptes are asked again.</summary>
    private long _untilWalk;

    /// <summary>How many pages are looked for: more where those that were found had all just come.</summary>
    private int _width = InitialWidth;

    private protected VictimSource(ReplacementPolicy policy, ResidencyClock residency)
    {
        _policy = policy;
        _residency = residency;
        _queue = new VictimQueue(policy, residency);
    }

    /// <summary>The fewest pages that are looked for at once.</summary>
    private const int InitialWidth = 64;

    private protected ReplacementPolicy Policy => _policy;

    /// <summary>How many pages there are about, those that cannot go included.</summary>
    internal abstract long Pages { get; }

    /// <summary>Chooses pages to go, oldest first.</summary>
    /// <param name="chosen">Receives them.</param>
    /// <param name="effort">What was tried before, and so may be taken.</param>
    /// <param name="recent">How many were left alone because they had just come.</param>
    /// <returns>How many were chosen; 0 where neither what was known nor another walk gave one.</returns>
    internal int Choose(Span<FrameNumber> chosen, ReclaimEffort effort, out int recent)
    {
        recent = 0;
        _residency.Update();
        int taken = _untilWalk > 0 ? _queue.Take(chosen, effort.TakesRecentPages, ref recent) : 0;
        for (int attempt = 0; taken == 0 && attempt < 2; attempt++)
        {
            Refill(walks: attempt > 0 || _untilWalk <= 0);
            recent = 0;
            taken = _queue.Take(chosen, effort.TakesRecentPages, ref recent);
            _width = taken > 0 ? InitialWidth : (int)Math.Min(_width * 4L, Math.Max(Pages, InitialWidth));
        }

        _untilWalk -= taken;
        _policy.Tick(taken);
        return taken;
    }

    /// <summary>Asks the ptes and the secondaries which pages were used.</summary>
    private protected abstract void Walk();

    /// <summary>Finds the oldest pages.</summary>
    private protected abstract int FindOldest(Span<AgedFrame> found);

    /// <summary>Forgets what was found, where a pool begins anew.</summary>
    internal void Reset()
    {
        _queue.Room(0);
        _untilWalk = 0;
    }

    private void Refill(bool walks)
    {
        if (walks)
        {
            Walk();
            _untilWalk = ReplacementPolicy.PagesPerWalk(Pages);
        }

        long pages = Math.Max(_width, ReplacementPolicy.PagesPerWalk(Pages));
        Span<AgedFrame> room = _queue.Room((int)Math.Min(pages, Array.MaxLength));
        _queue.Filled(FindOldest(room));
    }
}
