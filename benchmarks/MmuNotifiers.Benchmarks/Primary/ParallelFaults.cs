namespace MmuNotifiers.Benchmarks.Primary;

/// <summary>Threads of their own that fault their parts of one area in when they are told to.</summary>
internal sealed class ParallelFaults : IDisposable
{
    private readonly Workspace _workspace;
    private readonly Thread[] _threads;
    private readonly Barrier _start;
    private readonly Barrier _end;
    private volatile bool _stopped;

    internal ParallelFaults(int threads, int pagesPerThread)
    {
        _workspace = new Workspace(threads * pagesPerThread);
        _start = new Barrier(threads + 1);
        _end = new Barrier(threads + 1);
        _threads = new Thread[threads];
        for (int i = 0; i < threads; i++)
        {
            AddressRange part = AddressRange.FromPages(
                _workspace.Range.Start + (((ulong)i * (ulong)pagesPerThread) << Page.Shift), (ulong)pagesPerThread);
            _threads[i] = new Thread(() => Work(part)) { IsBackground = true };
            _threads[i].Start();
        }
    }

    /// <summary>Every thread faults its part in; returns when all have.</summary>
    internal void Run()
    {
        _start.SignalAndWait();
        _end.SignalAndWait();
    }

    /// <summary>Frees all pages.</summary>
    internal void Discard() => _workspace.Discard(_workspace.Range);

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopped = true;
        _start.SignalAndWait();
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        _start.Dispose();
        _end.Dispose();
        _workspace.Dispose();
    }

    private void Work(AddressRange part)
    {
        while (true)
        {
            _start.SignalAndWait();
            if (_stopped)
            {
                return;
            }

            _workspace.Touch(part, AccessRights.Write);
            _end.SignalAndWait();
        }
    }
}
