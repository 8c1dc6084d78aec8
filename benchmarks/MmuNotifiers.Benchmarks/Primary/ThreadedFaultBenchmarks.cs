using BenchmarkDotNet.Attributes;

namespace MmuNotifiers.Benchmarks.Primary;

/// <summary>
/// Faults by one thread and by two in one area, each thread in its own 8 MiB. Time for one page of each thread: two threads that
/// do not hinder each other, on two processors, take as long as one.
/// </summary>
[ShortRunJob]
public class ThreadedFaultBenchmarks
{
    internal const int PagesPerThread = 2048;

    private ParallelFaults _faults = null!;

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup() => _faults = new ParallelFaults(Threads, PagesPerThread);

    [GlobalCleanup]
    public void Cleanup() => _faults.Dispose();

    [IterationSetup]
    public void Discard() => _faults.Discard();

    [Benchmark(OperationsPerInvoke = PagesPerThread)]
    public void Fault() => _faults.Run();
}
