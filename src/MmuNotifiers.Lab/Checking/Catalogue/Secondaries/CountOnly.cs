using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

/// <summary>A count of open brackets and nothing else: one that opened and closed since the look-up leaves no trace (B7).</summary>
internal sealed class CountOnly : ICollisionRecord
{
    private int _open;

    public void Start(AddressRange range) => Shared.Write(ref _open, _open + 1, this);

    public void End(AddressRange range) => Shared.Write(ref _open, _open - 1, this);

    public ulong Sample() => 0;

    public bool MustRetry(AddressRange range, ulong sample) => Shared.Read(in _open, this) != 0;
}
