using BenchmarkDotNet.Attributes;

namespace MmuNotifiers.Benchmarks.Primary;

/// <summary>A store to a page that is shared with a forked child: bracket, copy, exchange of the pte.</summary>
[ShortRunJob]
[MemoryDiagnoser]
public class CopyOnWriteBenchmarks
{
    internal const int Pages = 1024;

    private readonly ForkBenchmarks _fork = new() { Mebibytes = Pages / ForkBenchmarks.PagesPerMebibyte };

    [GlobalSetup]
    public void Setup() => _fork.Setup();

    [GlobalCleanup]
    public void Cleanup() => _fork.Cleanup();

    [IterationSetup]
    public void Prepare()
    {
        _fork.Prepare();
        _fork.Fork();
    }

    [Benchmark(OperationsPerInvoke = Pages)]
    public void Break() => _fork.BreakCopyOnWrite(Pages);
}
