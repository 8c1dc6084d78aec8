namespace MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

/// <summary>Drops the entries and does not wait for the accesses that are in flight through them.</summary>
internal sealed class UnflushedMirror(IPrimaryMmu primary) : GatedMirror(primary)
{
    protected override void AwaitAccesses()
    {
    }
}
