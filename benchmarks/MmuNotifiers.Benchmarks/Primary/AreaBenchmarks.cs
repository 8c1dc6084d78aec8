using BenchmarkDotNet.Attributes;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Benchmarks.Primary;

/// <summary>An address space of 100,000 areas: the look-up of a fault, and a change of areas.</summary>
[ShortRunJob]
[MemoryDiagnoser]
public class AreaBenchmarks
{
    internal const int Areas = 100_000;
    internal const int LookUps = 20_000;

    private readonly VirtualAddress[] _addresses = new VirtualAddress[LookUps];
    private Workspace _workspace = null!;

    [GlobalSetup]
    public void Setup()
    {
        _workspace = new Workspace(Areas, options: new AddressSpaceOptions { MaxAreas = 2 * Areas });
        for (int page = 0; page < Areas; page += 2)
        {
            _workspace.Space.Protect(PageAt(page), Page.SizeBytes, AccessRights.Read);
        }

        Random random = new(1);
        for (int i = 0; i < LookUps; i++)
        {
            _addresses[i] = PageAt(2 * random.Next(Areas / 2));
        }
    }

    [GlobalCleanup]
    public void Cleanup() => _workspace.Dispose();

    /// <summary>At random addresses.</summary>
    [Benchmark(OperationsPerInvoke = LookUps)]
    public int LookUp()
    {
        int found = 0;
        foreach (VirtualAddress address in _addresses)
        {
            found += _workspace.Space.FindArea(address) is null ? 0 : 1;
        }

        return found;
    }

    /// <summary>One page leaves its area and comes back as one of its own.</summary>
    [Benchmark(OperationsPerInvoke = 64)]
    public void UnmapAndMap()
    {
        for (int i = 0; i < 64; i++)
        {
            VirtualAddress page = _addresses[i];
            _workspace.Space.Unmap(page, Page.SizeBytes);
            _workspace.Space.Map(new MapRequest(Page.SizeBytes, AccessRights.Read, MapFlags.Private | MapFlags.Anonymous | MapFlags.FixedNoReplace)
            {
                Address = page,
            });
        }
    }

    private VirtualAddress PageAt(int page) => _workspace.Range.Start + ((ulong)page << Page.Shift);
}
