using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

/// <summary>Count and sequence, but the end lowers the count before it raises the sequence: between the two it is as if nothing had been (B7).</summary>
internal sealed class SequenceAfterCount : ICollisionRecord
{
    private int _open;
    private ulong _sequence;

    public void Start(AddressRange range) => Shared.Write(ref _open, _open + 1, this);

    public void End(AddressRange range)
    {
        Shared.Write(ref _open, _open - 1, this);
        Shared.Write(ref _sequence, _sequence + 1, this);
    }

    public ulong Sample() => Shared.Read(in _sequence, this);

    public bool MustRetry(AddressRange range, ulong sample) => Shared.Read(in _open, this) != 0 || Shared.Read(in _sequence, this) != sample;
}
