namespace MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

/// <summary>Marks the entry by a plain store: one that was dropped meanwhile is back.</summary>
internal sealed class PlainStoreMirror(IPrimaryMmu primary) : MarkingMirror(primary)
{
    protected override bool TryMark(VirtualAddress page, MirrorEntry old, MirrorEntry marked)
    {
        Table.Set(page, marked);
        return true;
    }
}
