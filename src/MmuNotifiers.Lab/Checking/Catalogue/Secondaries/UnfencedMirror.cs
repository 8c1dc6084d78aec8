namespace MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

/// <summary>Leaves out the fence between the pending entry and the check: harmless but for a machine with store buffers.</summary>
internal sealed class UnfencedMirror(IPrimaryMmu primary) : FencedMirror(primary, new CountAndSequence())
{
    protected override void FenceBeforeCheck()
    {
    }
}
