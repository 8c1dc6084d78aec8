using BenchmarkDotNet.Attributes;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Benchmarks.Primary;

/// <summary>mprotect of every second page of a populated area: each call splits areas, opens a bracket and changes one pte.</summary>
[ShortRunJob]
[MemoryDiagnoser]
public class ProtectBenchmarks
{
    internal const int Pages = 1024;
    internal const int Calls = Pages / 2;

    private Workspace _workspace = null!;

    [GlobalSetup]
    public void Setup() => _workspace = new Workspace(Pages);

    [GlobalCleanup]
    public void Cleanup() => _workspace.Dispose();

    /// <summary>One area again, all its pages written.</summary>
    [IterationSetup]
    public void Prepare()
    {
        Errno result = _workspace.Space.Protect(_workspace.Range.Start, _workspace.Range.LengthBytes, AccessRights.ReadWrite);
        if (result != Errno.None)
        {
            throw new InvalidOperationException($"mprotect: {result}.");
        }

        _workspace.Touch(_workspace.Range, AccessRights.Write);
    }

    [Benchmark(OperationsPerInvoke = Calls)]
    public void ProtectAlternate()
    {
        for (VirtualAddress page = _workspace.Range.Start; page < _workspace.Range.End; page += 2 * Page.SizeBytes)
        {
            _workspace.Space.Protect(page, Page.SizeBytes, AccessRights.Read);
        }
    }
}
