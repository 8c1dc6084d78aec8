namespace MmuNotifiers.Linux;

/// <summary>The threads that serve the faults of one window: each waits for messages, takes what is there, and serves it.</summary>
internal sealed unsafe class FaultHandler : IDisposable
{
    private const int MessagesAtOnce = 16;

    /// <summary>How long until a fault that could not be served is tried again.</summary>
    private const int ParkedMilliseconds = 2;

    private readonly PagedMemory _memory;
    private readonly Userfault _faults;
    private readonly int? _processor;
    private readonly EventDescriptor _end = new();
    private readonly Thread[] _threads;

    internal FaultHandler(PagedMemory memory, Userfault faults, PagedMemoryOptions options)
    {
        _memory = memory;
        _faults = faults;
        _processor = options.HandlerProcessor;
        _threads = new Thread[options.HandlerThreads];
        for (int i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new Thread(Run) { IsBackground = true, Name = "mmu-notifiers faults" };
        }
    }

    /// <summary>Whether the calling thread is one of these.</summary>
    internal bool IsCurrentThread => Array.IndexOf(_threads, Thread.CurrentThread) >= 0;

    /// <summary>Begins.</summary>
    internal void Start() => Array.ForEach(_threads, static thread => thread.Start());

    /// <summary>Ends the threads and waits for them. Faults that were reported and not served are left.</summary>
    public void Dispose()
    {
        _end.Set();
        foreach (Thread thread in _threads)
        {
            if (thread.ThreadState != (ThreadState.Unstarted | ThreadState.Background))
            {
                thread.Join();
            }
        }

        _end.Dispose();
    }

    private void Run()
    {
        if (_processor is { } processor)
        {
            RunOn(processor);
        }

        Span<UserfaultMessage> messages = stackalloc UserfaultMessage[MessagesAtOnce];
        bool hasParked = false;
        while (!_faults.WaitOr(_end, hasParked ? ParkedMilliseconds : -1))
        {
            hasParked = Attempt(messages);
        }
    }

    /// <returns>Whether faults wait to be tried again.</returns>
    private bool Attempt(Span<UserfaultMessage> messages)
    {
        try
        {
            int count = _faults.Read(messages);
            if (count > 0)
            {
                _memory.Serve(messages[..count]);
            }

            if (_memory.ParkedFaults > 0)
            {
                _memory.ServeParked();
            }

            return _memory.ParkedFaults > 0;
        }
#pragma warning disable CA1031 // A subscriber's callback may throw anything; the window's other faults go on being served, and the report says so.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _memory.ReportUnserved(exception);
            return true;
        }
    }

    /// <summary>Lets the calling thread run on one processor alone.</summary>
    internal static void RunOn(int processor)
    {
        // SAFETY: a bitmap of the stack, which the kernel reads. A processor that there is not, or that is not ours, leaves the thread where it may run.
        const int Words = 16;
        ulong* processors = stackalloc ulong[Words];
        new Span<ulong>(processors, Words).Clear();
        if ((uint)processor < Words * 64)
        {
            processors[processor / 64] = 1UL << (processor % 64);
            _ = Libc.SetAffinity(0, Words * sizeof(ulong), processors);
        }
    }
}
