using BenchmarkDotNet.Attributes;

namespace MmuNotifiers.Benchmarks.Dispatch;

/// <summary>One more interval, where so many are subscribed.</summary>
[MemoryDiagnoser]
public class RegistrationBenchmarks
{
    private const int Added = 1024;

    private readonly SequenceNotifier _notifier = new();
    private readonly IntervalSubscription[] _added = new IntervalSubscription[Added];
    private NotifierSubscriptions _subscriptions = new();

    /// <summary>How many intervals are subscribed before.</summary>
    [Params(0, 1024, 16384)]
    public int Intervals { get; set; }

    [IterationSetup]
    public void Subscribe()
    {
        _subscriptions = new NotifierSubscriptions();
        for (int i = 0; i < Intervals; i++)
        {
            _subscriptions.Add(_notifier, Layout.Interval(i));
        }
    }

    [Benchmark(OperationsPerInvoke = Added)]
    public IntervalSubscription[] Register()
    {
        for (int i = 0; i < Added; i++)
        {
            _added[i] = _subscriptions.Add(_notifier, Layout.Interval(Intervals + i));
        }

        return _added;
    }
}
