using BenchmarkDotNet.Attributes;

namespace MmuNotifiers.Benchmarks.Primary;

/// <summary>Accesses through translations that are there, one 8-byte word on each of 64 pages; a pointer beside them.</summary>
[ShortRunJob]
[MemoryDiagnoser]
public class AccessBenchmarks
{
    internal const int Pages = 64;

    private readonly byte[] _word = new byte[sizeof(ulong)];
    private Workspace _workspace = null!;

    [GlobalSetup]
    public void Setup()
    {
        _workspace = new Workspace(Pages);
        _workspace.Touch(_workspace.Range, AccessRights.Write);
    }

    [GlobalCleanup]
    public void Cleanup() => _workspace.Dispose();

    /// <summary>The table walk and the test of rights and of the accessed and dirty bits, without a byte moved.</summary>
    [Benchmark(OperationsPerInvoke = Pages)]
    public void AccessHit() => _workspace.Touch(_workspace.Range, AccessRights.Write);

    [Benchmark(OperationsPerInvoke = Pages)]
    public void Read8()
    {
        for (VirtualAddress page = _workspace.Range.Start; page < _workspace.Range.End; page += Page.SizeBytes)
        {
            _workspace.Space.Read(page, _word);
        }
    }

    [Benchmark(OperationsPerInvoke = Pages)]
    public void Write8()
    {
        for (VirtualAddress page = _workspace.Range.Start; page < _workspace.Range.End; page += Page.SizeBytes)
        {
            _workspace.Space.Write(page, _word);
        }
    }
}
