using BenchmarkDotNet.Attributes;

namespace MmuNotifiers.Benchmarks.Primary;

/// <summary>Faults of a private anonymous area with nobody subscribed; per page, the discard that makes it fault again included.</summary>
[ShortRunJob]
[MemoryDiagnoser]
public class FaultBenchmarks
{
    internal const int WarmPages = 64;
    internal const int ColdPages = 16_384;

    private Workspace _workspace = null!;
    private AddressRange _warm;

    [GlobalSetup]
    public void Setup()
    {
        _workspace = new Workspace(ColdPages);
        _warm = AddressRange.FromPages(_workspace.Range.Start, WarmPages);
        FaultAndDiscardCold();
    }

    [GlobalCleanup]
    public void Cleanup() => _workspace.Dispose();

    /// <summary>Stores to 64 pages whose frames, zeroed each time, stay in the cache.</summary>
    [Benchmark(OperationsPerInvoke = WarmPages)]
    public void FaultAndDiscardWarm() => FaultAndDiscard(_warm, AccessRights.Write);

    /// <summary>Loads from 64 pages: the zero page.</summary>
    [Benchmark(OperationsPerInvoke = WarmPages)]
    public void ReadFaultAndDiscard() => FaultAndDiscard(_warm, AccessRights.Read);

    /// <summary>Stores to 64 MiB.</summary>
    [Benchmark(OperationsPerInvoke = ColdPages)]
    public void FaultAndDiscardCold() => FaultAndDiscard(_workspace.Range, AccessRights.Write);

    private void FaultAndDiscard(AddressRange range, AccessRights access)
    {
        _workspace.Touch(range, access);
        _workspace.Discard(range);
    }
}
