using BenchmarkDotNet.Attributes;

namespace MmuNotifiers.Benchmarks.Primary;

/// <summary>The life of a short mapping.</summary>
[ShortRunJob]
[MemoryDiagnoser]
public class MapBenchmarks
{
    internal const int Pages = 64;

    private Workspace _workspace = null!;

    [GlobalSetup]
    public void Setup() => _workspace = new Workspace(1);

    [GlobalCleanup]
    public void Cleanup() => _workspace.Dispose();

    [Benchmark]
    public void MapTouchUnmap()
    {
        AddressRange range = AddressRange.FromPages(_workspace.Map(Pages), Pages);
        _workspace.Touch(range, AccessRights.Write);
        _workspace.Space.Unmap(range.Start, range.LengthBytes);
    }

    [Benchmark]
    public void MapUnmap() => _workspace.Space.Unmap(_workspace.Map(Pages), (ulong)Pages << Page.Shift);
}
