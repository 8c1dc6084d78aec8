using MmuNotifiers.Primary.Tests.Core;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Objects;

/// <summary>
/// An object that two spaces map privately and shared, at different addresses, with pages in any order, beside what each address must show: one
/// byte for each page.
/// </summary>
internal sealed class EvictionModel : IDisposable
{
    /// <summary>How many pages each mapping has; it begins at page 1 of the object.</summary>
    private const ulong MappedPages = 8;

    private const ulong FirstPage = 1;
    private const ulong MaxPages = 12;

    private readonly PageStore _store = new(slots: 128);
    private readonly PhysicalMemory _memory;
    private readonly SharedMemoryObject _target;
    private readonly AddressSpace[] _spaces;
    private readonly MappingModel[] _mappings;

    /// <summary>What the object's pages hold; as many as it has.</summary>
    private readonly List<byte> _pages = [.. new byte[(int)MaxPages]];

    internal EvictionModel()
    {
        _memory = Evictions.PoolOver(_store, frames: 128, readAheadPages: 4);
        _target = new SharedMemoryObject(_memory, MaxPages * Page.SizeBytes);
        _spaces = [new AddressSpace(_memory), new AddressSpace(_memory)];
        _mappings = [Map(0, 16, MapFlags.Shared), Map(0, 40, MapFlags.Private), Map(1, 16, MapFlags.Private), Map(1, 70, MapFlags.Shared)];
    }

    /// <summary>What can be done.</summary>
    internal enum Step
    {
        Store,
        WriteObject,
        Remap,
        Truncate,
        Punch,
        Evict,
        EvictEverything,
        EvictWithoutSpace,
        PageOut,
        WillNeed,
        DontNeed,
        Migrate,
        Fork,
    }

    public void Dispose()
    {
        foreach (AddressSpace space in _spaces)
        {
            space.Dispose();
        }

        _target.Dispose();
        _memory.AssertNothingIsLeft();
        _memory.Dispose();
    }

    /// <summary>Does a step here and there.</summary>
    internal void Do(Step step, int mapping, ulong one, ulong other, byte value)
    {
        MappingModel map = _mappings[mapping];
        ulong place = one % MappedPages;
        VirtualAddress address = map.AddressOf(place);
        switch (step)
        {
            case Step.Store:
                Store(map, place, value);
                break;
            case Step.WriteObject when one < (ulong)_pages.Count:
                Assert.Equal(Page.SizeBytes, _target.Write(one << Page.Shift, Filled(value)).Bytes);
                _pages[(int)one] = value;
                break;
            case Step.Remap:
                Assert.Equal(Errno.None, map.Space.RemapPages(address, Page.SizeBytes, other));
                map.Remap(place, other);
                break;
            case Step.Truncate:
                Assert.Equal(Errno.None, _target.Resize(one << Page.Shift));
                Truncate((int)one);
                break;
            case Step.Punch:
                Assert.Equal(Errno.None, _target.PunchHole(one << Page.Shift, (1 + (other % 4)) << Page.Shift));
                Punch((int)one, (int)(1 + (other % 4)));
                break;
            case Step.Evict:
                _target.EvictPages(one, 1 + (other % 4));
                break;
            case Step.EvictEverything:
                _memory.EvictEverything();
                break;
            case Step.EvictWithoutSpace:
                _store.WriteOutcome = SwapOutcome.NoSpace;
                _memory.EvictEverything();
                _store.WriteOutcome = SwapOutcome.Success;
                break;
            case Step.PageOut:
                Advise(map, Advice.PageOut);
                break;
            case Step.WillNeed:
                Advise(map, Advice.WillNeed);
                break;
            case Step.DontNeed:
                Advise(map, Advice.DontNeed);
                map.DropCopies(0);
                break;
            case Step.Migrate:
                map.Space.Migrate(Pages(map.First, MappedPages));
                break;
            case Step.Fork:
                using (AddressSpace child = map.Space.Fork()!)
                {
                    CheckIn(child, _mappings.Where(candidate => candidate.Space == map.Space));
                    child.AssertInvariants();
                }

                break;
            default:
                break;
        }
    }

    /// <summary>Compares every address of every mapping, and the counts of the spaces.</summary>
    internal void Check()
    {
        foreach (AddressSpace space in _spaces)
        {
            space.AssertInvariants();
            AddressSpaceStatistics statistics = space.GetStatistics();
            int copies = _mappings.Where(map => map.Space == space).Sum(static map => map.Copies);
            Assert.Equal(copies, statistics.AnonymousPages + statistics.SwappedPages);
        }

        foreach (MappingModel map in _mappings)
        {
            CheckIn(map.Space, [map]);
        }
    }

    private static byte[] Filled(byte value) => [.. Enumerable.Repeat(value, Page.SizeBytes)];

    private MappingModel Map(int space, ulong first, MapFlags sharing)
    {
        MapRequest request = new(MappedPages << Page.Shift, AccessRights.ReadWrite, sharing | MapFlags.Fixed)
        {
            Address = At(first),
            Object = new ObjectHandle(_target, AccessRights.ReadWrite),
            OffsetBytes = FirstPage << Page.Shift,
        };
        Assert.Equal(new AddressResult(Errno.None, At(first)), _spaces[space].Map(request));
        return new MappingModel(_spaces[space], first, sharing == MapFlags.Private, FirstPage, (int)MappedPages);
    }

    private static void Advise(MappingModel map, Advice advice) =>
        Assert.Equal(Errno.None, map.Space.Advise(At(map.First), MappedPages * Page.SizeBytes, advice));

    private void Store(MappingModel map, ulong place, byte value)
    {
        TransferResult result = map.Space.Write(map.AddressOf(place), [value]);
        bool succeeds = map.HasCopy(place) || map.ShownAt(place) < (ulong)_pages.Count;
        Assert.Equal(succeeds ? FaultResult.Success : FaultResult.BusError, result.Result);
        if (succeeds && map.IsPrivate)
        {
            map.Copy(place, value);
        }
        else if (succeeds)
        {
            _pages[(int)map.ShownAt(place)] = value;
        }
    }

    private void Truncate(int pages)
    {
        if (pages < _pages.Count)
        {
            _pages.RemoveRange(pages, _pages.Count - pages);
            foreach (MappingModel map in _mappings)
            {
                map.DropCopies((ulong)pages);
            }
        }

        _pages.AddRange(new byte[pages - _pages.Count]);
    }

    private void Punch(int first, int count)
    {
        for (int page = first; page < Math.Min(first + count, _pages.Count); page++)
        {
            _pages[page] = 0;
        }
    }

    private void CheckIn(AddressSpace space, IEnumerable<MappingModel> mappings)
    {
        byte[] found = new byte[1];
        foreach (MappingModel map in mappings)
        {
            for (ulong place = 0; place < MappedPages; place++)
            {
                bool isThere = map.HasCopy(place) || map.ShownAt(place) < (ulong)_pages.Count;
                TransferResult result = space.Read(map.AddressOf(place), found);
                Assert.Equal(isThere ? FaultResult.Success : FaultResult.BusError, result.Result);
                byte expected = !isThere ? found[0] : map.HasCopy(place) ? map.CopyAt(place) : _pages[(int)map.ShownAt(place)];
                Assert.True(expected == found[0], $"Page {place} of the mapping at {map.First} shows {found[0]}, not {expected}.");
            }
        }
    }
}
