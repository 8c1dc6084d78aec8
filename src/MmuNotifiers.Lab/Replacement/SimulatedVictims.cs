using MmuNotifiers.Replacement;

namespace MmuNotifiers.Lab.Replacement;

/// <summary>The pages of a simulated pool, as reclaim looks for those to evict.</summary>
internal sealed class SimulatedVictims(SimulatedPool pool, ReplacementPolicy policy, ResidencyClock residency) : VictimSource(policy, residency)
{
    internal override long Pages => pool.Frames;

    private protected override void Walk()
    {
        foreach (int page in pool.PagesByAddress.Span)
        {
            if (pool.TakeAccessed(page) is { } frame)
            {
                Policy.UseInWalk(frame);
            }
        }

        Policy.EndWalk();
    }

    private protected override int Find(VictimRule rule, Span<Victim> victims) => Policy.Find(rule, pool.Frames, victims);
}
