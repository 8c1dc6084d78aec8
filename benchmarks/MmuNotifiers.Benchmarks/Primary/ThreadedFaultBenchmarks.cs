using BenchmarkDotNet.Attributes;

namespace MmuNotifiers.Benchmarks.Primary;

/// <summary>
/// Faults and discards by one thread and by two in one area: time for one page of each thread, so that two threads which do not
/// hinder each other, on two processors, take as long as one. Discards take the map lock.
/// </summary>
[ShortRunJob]
public class ThreadedFaultBenchmarks
{
    private ParallelFaults _faults = null!;

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup() => _faults = new ParallelFaults(Threads);

    [GlobalCleanup]
    public void Cleanup() => _faults.Dispose();

    [Benchmark(OperationsPerInvoke = ParallelFaults.Rounds * ParallelFaults.PagesPerThread)]
    public double FaultAndDiscard() => _faults.Run();
}
