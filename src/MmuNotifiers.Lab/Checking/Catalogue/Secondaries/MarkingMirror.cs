using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

/// <summary>A mirror whose devices note each access in the entry, without a lock: by an exchange that fails if the entry was dropped meanwhile.</summary>
internal class MarkingMirror(IPrimaryMmu primary) : GatedMirror(primary)
{
    protected override bool TryLoad(VirtualAddress address, Span<byte> destination)
    {
        MirrorEntry entry = Table[address];
        return entry.Allows(AccessRights.Read) && TryMark(address, entry, entry.Used()) && base.TryLoad(address, destination);
    }

    /// <summary>Puts the marked entry in the place of the one that was read.</summary>
    /// <returns>False if it was dropped meanwhile.</returns>
    protected virtual bool TryMark(VirtualAddress page, MirrorEntry old, MirrorEntry marked) => Table.TryReplace(page, old, marked);
}
