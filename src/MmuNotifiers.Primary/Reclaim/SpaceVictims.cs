using MmuNotifiers.Replacement;

namespace MmuNotifiers.Primary;

/// <summary>Pages that one address space maps.</summary>
internal sealed class SpaceVictims(Reclaimer reclaimer, AddressSpace space) : VictimSource(reclaimer.Policy, reclaimer.Residency)
{
    private readonly List<FrameNumber> _mapped = [];

    internal override long Pages => _mapped.Count;

    private protected override void Walk()
    {
        _mapped.Clear();
        reclaimer.WalkLocked([space], _mapped);
    }

    private protected override int Find(VictimRule rule, Span<Victim> victims) => Policy.Find(rule, _mapped, victims);
}
