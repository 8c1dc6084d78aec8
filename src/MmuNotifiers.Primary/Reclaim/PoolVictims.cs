using MmuNotifiers.Replacement;

namespace MmuNotifiers.Primary;

/// <summary>Pages of a pool, whoever maps them.</summary>
internal sealed class PoolVictims(Reclaimer reclaimer, PhysicalMemory memory) : VictimSource(reclaimer.Policy, reclaimer.Residency)
{
    internal override long Pages => memory.FrameCount;

    private protected override void Walk() => reclaimer.WalkLocked(memory.Spaces.ToArray());

    private protected override int Find(VictimRule rule, Span<Victim> victims) => Policy.Find(rule, memory.UsedEnd, victims);
}
