namespace MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

/// <summary>Samples the sequence after the look-up: a bracket that ran during the look-up goes unnoticed (B7).</summary>
internal sealed class LateSampleMirror(IPrimaryMmu primary) : PageMirror(primary, new CountAndSequence())
{
    public override bool TryReadBegin(AddressRange range, out ulong sequence)
    {
        sequence = 0;
        return true;
    }

    public override bool TryInstall(AddressRange range, ReadOnlySpan<Translation> translations, AccessRights access, ulong sequence) =>
        base.TryInstall(range, translations, access, Record.Sample());
}
