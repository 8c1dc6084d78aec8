namespace MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

/// <summary>
/// Nothing is remembered: an invalidation is a moment, not a bracket (B1). What a look-up found is installed whatever happened since.
/// </summary>
internal sealed class NoRecord : ICollisionRecord
{
    public void Start(AddressRange range)
    {
    }

    public void End(AddressRange range)
    {
    }

    public ulong Sample() => 0;

    public bool MustRetry(AddressRange range, ulong sample) => false;
}
