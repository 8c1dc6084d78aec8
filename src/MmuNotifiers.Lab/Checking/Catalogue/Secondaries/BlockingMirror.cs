namespace MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

/// <summary>Waits for its lock even where the range is not blockable.</summary>
internal sealed class BlockingMirror(IPrimaryMmu primary) : PageMirror(primary, new CountAndSequence())
{
    protected override bool TryEnter(in InvalidationRange range)
    {
        Lock.Enter();
        return true;
    }
}
