namespace MmuNotifiers.Linux.Kvm.Tests;

/// <summary>Makes the runtime collect garbage, again and again, until it is disposed.</summary>
internal sealed class Collector : IDisposable
{
    private readonly Thread _thread;
    private volatile bool _isStopped;
    private int _collections;

    public Collector()
    {
        _thread = new Thread(() =>
        {
            while (!_isStopped)
            {
                _ = new byte[100_000];
                GC.Collect(generation: 1);
                Interlocked.Increment(ref _collections);
            }
        });
        _thread.Start();
    }

    public int Collections => Volatile.Read(ref _collections);

    public void Dispose()
    {
        _isStopped = true;
        _thread.Join();
    }
}
