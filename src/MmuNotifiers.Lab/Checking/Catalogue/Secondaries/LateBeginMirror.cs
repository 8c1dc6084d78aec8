namespace MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

/// <summary>Begins to read after its look-up: a bracket that ran during the look-up goes unnoticed.</summary>
internal sealed class LateBeginMirror(IPrimaryMmu primary, AddressRange interval) : IntervalMirror(primary, interval)
{
    public override bool TryReadBegin(AddressRange range, out ulong sequence)
    {
        sequence = 0;
        return true;
    }

    public override bool TryInstall(AddressRange range, ReadOnlySpan<Translation> translations, AccessRights access, ulong sequence) =>
        base.TryInstall(range, translations, access, Subscription.ReadBegin());
}
