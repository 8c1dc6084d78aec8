using BenchmarkDotNet.Attributes;

namespace MmuNotifiers.Benchmarks.Dispatch;

/// <summary>One bracket, start and end, over one page that one interval contains, with so many intervals subscribed.</summary>
[MemoryDiagnoser]
public class DispatchBenchmarks
{
    internal const int Brackets = 4096;

    private readonly NotifierSubscriptions _subscriptions = new();
    private InvalidationRange[] _ranges = [];

    /// <summary>How many intervals are subscribed.</summary>
    [Params(0, 1, 8, 64, 1024, 16384)]
    public int Intervals { get; set; }

    /// <summary>Whether the brackets are spread over all intervals, or hit always the same.</summary>
    [Params(false, true)]
    public bool AreSpread { get; set; }

    [GlobalSetup]
    public void Subscribe()
    {
        _ranges = Layout.Ranges(Intervals, AreSpread, Brackets);
        SequenceNotifier notifier = new();
        for (int i = 0; i < Intervals; i++)
        {
            _subscriptions.Add(notifier, Layout.Interval(i));
        }
    }

    [Benchmark(OperationsPerInvoke = Brackets)]
    public void Bracket()
    {
        foreach (ref readonly InvalidationRange range in _ranges.AsSpan())
        {
            using InvalidationScope scope = _subscriptions.Invalidate(in range);
        }
    }
}
