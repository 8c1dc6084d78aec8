using System.Diagnostics;
using System.Runtime.CompilerServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary;

/// <summary>The CPU's half of a shootdown, and what the domain does to a CPU that does not answer.</summary>
public sealed unsafe partial class SoftwareTlb
{
    /// <summary>Base-2 logarithm of a region, the unit of the filter: 2 MiB.</summary>
    private const int RegionShift = 21;

    private const int FilterWords = 64;

    /// <summary>
    /// One bit for each region in which an entry may lie, the region's number taken modulo the bits. Set by the CPU before it
    /// writes an entry; cleared by a full flush, before the generation changes.
    /// </summary>
    private readonly ulong[] _regions = new ulong[FilterWords];

    // Entries made and dropped: their difference is what the TLB holds. The first two are written by the CPU's own thread, the
    // third under the domain's lock.
    private long _filled;
    private long _droppedByOwner;
    private long _droppedByOthers;

    /// <summary>Whether the current shootdown wants this CPU. Guarded by the domain's lock.</summary>
    internal bool IsWanted { get; private set; }

    /// <summary>How many entries brackets have taken from this CPU.</summary>
    internal long Dropped => _droppedByOwner + _droppedByOthers;

    internal SecondaryStatistics Statistics => new()
    {
        DeviceFaults = _faults,
        FailedFaults = _failedFaults,
        Retries = _retries,
    };

    /// <summary>The CPU's mark that it is inside a section of accesses.</summary>
    internal ref SectionWords Sections => ref _header->Sections;

    /// <summary>
    /// Whether an entry of the range may be here; false is reliable once the bracket was counted and a fence has followed, see
    /// the install.
    /// </summary>
    internal bool MayHold(AddressRange range)
    {
        ulong first = range.Start.Value >> RegionShift;
        ulong last = (range.End.Value - 1) >> RegionShift;
        if (last - first >= (FilterWords * 64) - 1)
        {
            return HoldsAny();
        }

        for (ulong region = first; region <= last; region++)
        {
            if ((Shared.Read(in RegionWord(region), _regions) & (1UL << (int)(region & 63))) != 0)
            {
                return true;
            }
        }

        return false;
    }

    private bool HoldsAny()
    {
        foreach (ref ulong word in _regions.AsSpan())
        {
            if (Shared.Read(in word, _regions) != 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Wants the CPU's attention: from its next look-up on it misses. Under the domain's lock.</summary>
    internal void Post(ulong number)
    {
        IsWanted = true;
        Shared.Write(ref _header->Salt, Blocked(number), step: "Salt");
    }

    /// <summary>Whether the CPU has dropped its entries itself since <see cref="Post"/>.</summary>
    internal bool HasAnswered(ulong number) => Shared.Read(in _header->Salt, step: "Salt") != Blocked(number);

    /// <summary>Ends a shootdown of this CPU, whether it answered or not. Under the domain's lock, with the CPU's entries dropped.</summary>
    internal void Unblock(ulong number)
    {
        IsWanted = false;
        Shared.CompareExchange(ref _header->Salt, Salt(_header->Generation), Blocked(number), step: "Salt");
    }

    /// <summary>Drops the entries of a range on behalf of the CPU. Under the domain's lock.</summary>
    internal int DropForOwner(AddressRange range)
    {
        int dropped = Drop(range);
        _droppedByOthers += dropped;
        return dropped;
    }

    /// <summary>Drops the entries of pages that are asked about, which are thereby known to be used. Under the domain's lock.</summary>
    internal void DropForOwner(scoped in AgeQuery query)
    {
        for (int page = query.NextAsked(0); page < query.Pages; page = query.NextAsked(page + 1))
        {
            VirtualAddress address = query.AddressOf(page);
            if (Holds(address))
            {
                _droppedByOthers++;
                Shared.Write(ref EntryOf(address.PageNumber)->Tag, 0UL, step: "Tag");
                query.MarkYoung(page);
            }
        }
    }

    /// <summary>Drops every entry by going to another generation. Under the domain's lock.</summary>
    internal void Flush()
    {
        _droppedByOthers += _filled - Dropped;
        foreach (ref ulong word in _regions.AsSpan())
        {
            Shared.Write(ref word, 0UL, _regions);
        }

        ulong next = _header->Generation + 1;
        if (next > TlbEntry.LastGeneration)
        {
            DropAll();
            next = 1;
        }

        // Behind the filter: whoever notes a region under this generation notes it in the cleared filter.
        Shared.Write(ref _header->Generation, next, step: "Generation");
    }

    /// <summary>Whether an entry of the page is here. Under the domain's lock.</summary>
    internal bool Holds(VirtualAddress address)
    {
        ulong tag = Shared.Read(in EntryOf(address.PageNumber)->Tag, step: "Tag");
        return tag != 0 && TlbEntry.PageNumberOf(tag) == address.PageNumber && TlbEntry.GenerationOf(tag) == _header->Generation;
    }

    /// <summary>Drops what a shootdown asks for and goes on. By the CPU's own thread, outside of a section.</summary>
    /// <returns>Whether one wanted the CPU: then that may have been all that was wrong with a look-up.</returns>
    private bool TryAnswerShootdown()
    {
        Debug.Assert(!Sections.IsInside, "A section must not be held over a fault.");
        ulong salt = Shared.Read(in _header->Salt, step: "Salt");
        bool isWanted = false;
        while ((salt & (TlbEntry.LastGeneration << TlbEntry.GenerationShift)) == 0)
        {
            isWanted = true;

            // If the shootdown is over meanwhile, these may be the bounds of another: the exchange fails, and some entries went
            // for nothing.
            _droppedByOwner += Drop(_domain.PostedRange);
            ulong next = Salt(Shared.Read(in _header->Generation, step: "Generation"));
            ulong seen = Shared.CompareExchange(ref _header->Salt, next, salt, step: "Salt");
            salt = seen == salt ? next : seen;
        }

        return isWanted;
    }

    private int Drop(AddressRange range)
    {
        ulong generation = Shared.Read(in _header->Generation, step: "Generation");
        ulong first = range.Start.PageNumber;
        ulong pages = range.Pages;
        ulong probes = Math.Min(pages, (ulong)Entries);
        int dropped = 0;
        for (ulong page = first; page - first < probes; page++)
        {
            TlbEntry* entry = EntryOf(page);
            ulong tag = Shared.Read(in entry->Tag, step: "Tag");
            if (tag != 0 && TlbEntry.PageNumberOf(tag) - first < pages)
            {
                Shared.Write(ref entry->Tag, 0UL, step: "Tag");
                dropped += TlbEntry.GenerationOf(tag) == generation ? 1 : 0;
            }
        }

        return dropped;
    }

    private void DropAll()
    {
        for (ulong index = 0; index < (ulong)Entries; index++)
        {
            Shared.Write(ref EntryOf(index)->Tag, 0UL, step: "Tag");
        }
    }

    /// <summary>Notes that an entry of the page is about to be written over another one.</summary>
    private void Note(VirtualAddress page, TlbEntry* entry, ulong generation)
    {
        ulong replaced = Shared.Read(in entry->Tag, step: "Tag");
        _filled += replaced == 0 || TlbEntry.GenerationOf(replaced) != generation ? 1 : 0;
        ulong region = page.Value >> RegionShift;
        ref ulong word = ref RegionWord(region);
        ulong bits = Shared.Read(in word, _regions);
        ulong bit = 1UL << (int)(region & 63);
        if ((bits & bit) == 0)
        {
            Shared.Write(ref word, bits | bit, _regions);
        }
    }

    private ref ulong RegionWord(ulong region) => ref _regions[(int)((region >> 6) & (FilterWords - 1))];

    private static ulong Blocked(ulong number) => number << Page.Shift;

    private static ulong Salt(ulong generation) => (generation << TlbEntry.GenerationShift) | (ulong)AccessRights.Read;
}
