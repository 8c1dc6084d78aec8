using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

/// <summary>A sequence that rises at the end of brackets and nothing else: one that is still open is not noticed (B7).</summary>
internal sealed class SequenceOnly : ICollisionRecord
{
    private ulong _sequence;

    public void Start(AddressRange range)
    {
    }

    public void End(AddressRange range) => Shared.Write(ref _sequence, _sequence + 1, this);

    public ulong Sample() => Shared.Read(in _sequence, this);

    public bool MustRetry(AddressRange range, ulong sample) => Shared.Read(in _sequence, this) != sample;
}
