using MmuNotifiers.Secondary;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

/// <summary>
/// What every small secondary MMU of the catalogue has: an entry for each page of a scenario, and loads and stores through it. How entries
/// come and go is what its users differ in.
/// </summary>
internal sealed class MirrorTable(IPrimaryMmu primary)
{
    /// <summary>As many pages as a scenario may have; by page number.</summary>
    private const int Pages = 16;

    private readonly ulong[] _entries = new ulong[Pages];

    /// <summary>The entry of a page.</summary>
    internal MirrorEntry this[VirtualAddress page] => new(Shared.Read(in _entries[IndexOf(page)], _entries, "entry"));

    /// <summary>Sets the entry of a page.</summary>
    internal void Set(VirtualAddress page, MirrorEntry entry) => Shared.Write(ref _entries[IndexOf(page)], entry.Word, _entries, "entry");

    /// <summary>Sets the entry of a page if it is what it was.</summary>
    internal bool TryReplace(VirtualAddress page, MirrorEntry old, MirrorEntry entry) =>
        Shared.CompareExchange(ref _entries[IndexOf(page)], entry.Word, old.Word, _entries, "entry") == old.Word;

    /// <summary>Clears the entries of a range.</summary>
    /// <returns>Whether there was one.</returns>
    internal bool Drop(AddressRange range)
    {
        AddressRange pages = range.Intersect(ScenarioPages);
        bool dropped = false;
        for (VirtualAddress page = pages.Start; page < pages.End; page += Page.SizeBytes)
        {
            dropped |= Shared.Exchange(ref _entries[IndexOf(page)], 0UL, _entries, "entry") != 0;
        }

        return dropped;
    }

    /// <summary>Reads through an entry, if it allows that.</summary>
    internal bool TryLoad(VirtualAddress address, Span<byte> destination)
    {
        MirrorEntry entry = this[address];
        if (entry.Allows(AccessRights.Read))
        {
            Load(entry.Frame, address.PageOffset, destination);
            return true;
        }

        return false;
    }

    /// <summary>Writes through an entry, if it allows that.</summary>
    internal bool TryStore(VirtualAddress address, ReadOnlySpan<byte> source)
    {
        MirrorEntry entry = this[address];
        if (entry.Allows(AccessRights.Write))
        {
            Store(entry.Frame, address.PageOffset, source);
            return true;
        }

        return false;
    }

    /// <summary>Reads from a frame.</summary>
    internal void Load(FrameNumber frame, int offset, Span<byte> destination) =>
        FrameBytes.ForReading(primary.FrameAddress(frame) + offset, destination.Length).CopyTo(destination);

    /// <summary>Writes to a frame.</summary>
    internal void Store(FrameNumber frame, int offset, ReadOnlySpan<byte> source) =>
        source.CopyTo(FrameBytes.ForWriting(primary.FrameAddress(frame) + offset, source.Length));

    private static AddressRange ScenarioPages => ScenarioRun.RangeOf(0, Pages);

    private static int IndexOf(VirtualAddress page) => (int)(page.PageNumber % Pages);
}
