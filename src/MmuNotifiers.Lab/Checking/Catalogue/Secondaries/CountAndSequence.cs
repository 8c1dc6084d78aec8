using MmuNotifiers.Secondary;

namespace MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

/// <summary>The record that is right: the production's count and sequence.</summary>
internal sealed class CountAndSequence : ICollisionRecord
{
    private readonly BracketSequence _brackets = new();

    public void Start(AddressRange range) => _brackets.Start(range);

    public void End(AddressRange range) => _brackets.End();

    public ulong Sample() => _brackets.Sample();

    public bool MustRetry(AddressRange range, ulong sample) => _brackets.MustRetry(range, sample);
}
