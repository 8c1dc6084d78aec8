using System.Collections.Concurrent;

namespace MmuNotifiers.Tests.Support;

/// <summary>An address-space-wide subscriber that writes down what it is told, and can be made to park, refuse or throw.</summary>
internal class RecordingNotifier(string name = "n") : IMmuNotifier
{
    internal ConcurrentQueue<string> Calls { get; init; } = new();

    internal Func<InvalidationRange, bool> OnStart { get; set; } = _ => true;

    internal Action<InvalidationRange> OnEnd { get; set; } = _ => { };

    internal Action OnRelease { get; set; } = () => { };

    public bool InvalidateRangeStart(in InvalidationRange range)
    {
        Calls.Enqueue($"{name}.start {range.Range}");
        return OnStart(range);
    }

    public void InvalidateRangeEnd(in InvalidationRange range)
    {
        Calls.Enqueue($"{name}.end {range.Range}");
        OnEnd(range);
    }

    public void Release()
    {
        Calls.Enqueue($"{name}.release");
        OnRelease();
    }
}
