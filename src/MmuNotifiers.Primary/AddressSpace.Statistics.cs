using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

public sealed partial class AddressSpace
{
    /// <summary>Pages that were evicted while they were mapped here, by <see cref="EvictionReason"/>.</summary>
    private readonly long[] _evictions = new long[Enum.GetValues<EvictionReason>().Length];

    private long _swapIns;

    /// <summary>Refaults that were no swap-ins.</summary>
    private long _rereads;

    /// <summary>By what name the metrics know the address space (tag <c>mmu_notifiers.space</c>): the number of its pool in the process, a point, and its own number.</summary>
    public string MetricsName => $"{Memory.MetricsNumber}.{Number}";

    /// <summary>
    /// What is in memory, and what went and came back. Takes no lock: what is mapped is counted leaf table by leaf table, which keep their
    /// counts as they change, so that it costs about as many steps as there are 2 MiB in use, and one more for each page that is swapped out.
    /// </summary>
    /// <returns>The counts; of an address space that was disposed, those of its events.</returns>
    public AddressSpaceStatistics GetStatistics()
    {
        long anonymous = 0;
        long objects = 0;
        long swapped = 0;
        long cached = 0;
        using (GraceSection section = _deviceFaults.Enter())
        {
            VirtualAddress next = VirtualAddress.Zero;
            while (Shared.Read(in _released, this) == 0 && TryCountLeaf(ref next, out LeafTable leaf, out PageCounts counts))
            {
                anonymous += counts.Anonymous;
                objects += counts.Objects;
                swapped += counts.Swapped;
                cached += counts.Swapped == 0 ? 0 : CountInSwapCache(leaf);
            }
        }

        long swapIns = Shared.Read(in _swapIns, this);
        return new AddressSpaceStatistics
        {
            AnonymousPages = anonymous,
            ObjectPages = objects,
            SwappedPages = swapped,
            SwapCachePages = cached,
            SwapIns = swapIns,
            Refaults = swapIns + Shared.Read(in _rereads, this),
            Evictions = new EvictionCounts(
                EvictionsFor(EvictionReason.Pressure),
                EvictionsFor(EvictionReason.Background),
                EvictionsFor(EvictionReason.SpaceLimit),
                EvictionsFor(EvictionReason.Advice)),
        };
    }

    /// <summary>How many pages are mapped, as <see cref="AddressSpaceStatistics.ResidentPages"/>.</summary>
    internal long CountResidentPages()
    {
        long pages = 0;
        using GraceSection section = _deviceFaults.Enter();
        VirtualAddress next = VirtualAddress.Zero;
        while (Shared.Read(in _released, this) == 0 && TryCountLeaf(ref next, out _, out PageCounts counts))
        {
            pages += counts.Anonymous + counts.Objects;
        }

        return pages;
    }

    /// <summary>A page that was mapped here, at so many addresses, has been evicted.</summary>
    internal void CountEvictions(EvictionReason reason, int mappings) => Shared.Add(ref _evictions[(int)reason], mappings, _evictions);

    /// <summary>A fault mapped a page that came from swap, or was still or again in the swap cache.</summary>
    internal void CountSwapIn() => Shared.Add(ref _swapIns, 1, this);

    /// <summary>A fault mapped a page that had been evicted, but was not in swap: of a file, or of shared memory that was never written.</summary>
    internal void CountReread() => Shared.Add(ref _rereads, 1, this);

    /// <summary>A fault had to have a page of an object, and found it there.</summary>
    private void CountReturn(PageSource source)
    {
        if (source == PageSource.Swap)
        {
            CountSwapIn();
        }
        else if (source == PageSource.Reread)
        {
            CountReread();
        }
    }

    private long EvictionsFor(EvictionReason reason) => Shared.Read(in _evictions[(int)reason], _evictions);

    /// <summary>What the first leaf table at or above an address has, and where to look for the next. Inside a section of <see cref="_deviceFaults"/>.</summary>
    private bool TryCountLeaf(ref VirtualAddress next, out LeafTable leaf, out PageCounts counts)
    {
        while (_table.TryFindNext(ref next, out leaf))
        {
            counts = leaf.ReadCounts();
            bool isOurs = leaf.BelongsTo(_table, next);
            next += LeafTable.SpanBytes;
            if (isOurs)
            {
                return true;
            }
        }

        counts = default;
        return false;
    }

    /// <summary>How many of a leaf's evicted pages the swap cache has.</summary>
    private int CountInSwapCache(LeafTable leaf)
    {
        int count = 0;
        for (int index = 0; index < LeafTable.Entries; index++)
        {
            Pte pte = leaf.Read(index);
            count += pte.IsSwap && Memory.Swap.IsCached(pte.SwapEntry) ? 1 : 0;
        }

        return count;
    }
}
