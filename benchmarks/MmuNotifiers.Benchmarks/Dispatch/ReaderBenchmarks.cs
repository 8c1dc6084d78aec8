using BenchmarkDotNet.Attributes;

namespace MmuNotifiers.Benchmarks.Dispatch;

/// <summary>What the reader of an interval pays for the retry protocol when nothing collides, and a reader of a grace period.</summary>
[MemoryDiagnoser]
public class ReaderBenchmarks
{
    private readonly NotifierSubscriptions _subscriptions = new();
    private readonly GracePeriod _grace = new();
    private IntervalSubscription _interval = null!;

    [GlobalSetup]
    public void Subscribe() => _interval = _subscriptions.Add(new SequenceNotifier(), Layout.Interval(0));

    [Benchmark]
    public bool BeginAndRetry() => _interval.ReadRetry(_interval.ReadBegin());

    [Benchmark]
    public void GraceSection() => _grace.Enter().Dispose();

    [Benchmark]
    public void Synchronize() => _grace.Synchronize();
}
