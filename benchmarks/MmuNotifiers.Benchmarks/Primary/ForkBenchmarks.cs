using BenchmarkDotNet.Attributes;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Benchmarks.Primary;

/// <summary>fork of a populated address space whose pages are all the parent's own, and what the copy-on-write faults behind it cost.</summary>
[ShortRunJob]
[MemoryDiagnoser]
public class ForkBenchmarks
{
    internal const int PagesPerMebibyte = 256;

    private Workspace _workspace = null!;
    private AddressSpace? _child;

    [Params(64)]
    public int Mebibytes { get; set; } = 64;

    [GlobalSetup]
    public void Setup() => _workspace = new Workspace(Mebibytes * PagesPerMebibyte, frames: 8192);

    [GlobalCleanup]
    public void Cleanup()
    {
        Exit();
        _workspace.Dispose();
    }

    /// <summary>The last child is gone and the parent has written every page again.</summary>
    [IterationSetup]
    public void Prepare()
    {
        Exit();
        _workspace.Touch(_workspace.Range, AccessRights.Write);
    }

    [Benchmark]
    public void Fork() => _child = _workspace.Space.Fork() ?? throw new InvalidOperationException("fork: ENOMEM");

    /// <summary>The parent writes the first pages, which it shares with the child.</summary>
    internal void BreakCopyOnWrite(int pages) =>
        _workspace.Touch(AddressRange.FromPages(_workspace.Range.Start, (ulong)pages), AccessRights.Write);

    internal void Exit()
    {
        _child?.Dispose();
        _child = null;
    }
}
