using System.Numerics;
using System.Runtime.ExceptionServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking.Scheduling;

/// <summary>
/// Runs the threads of an <see cref="Execution"/> one at a time: a thread runs from one shared access to the next, and before each
/// the search decides who goes on. Threads are of the operating system, and kept from execution to execution.
/// </summary>
/// <remarks>
/// <para>A <b>process</b> is what makes steps: processes 0 to n - 1 are the threads; under <see cref="MemoryModel.TotalStoreOrder"/> process n + i
/// makes the stores of thread i visible. A thread announces what it is about to do and stops; being chosen, it does it and runs on
/// to its next announcement. So at each decision what every process would do next is known.</para>
/// <para>Decisions are made by the thread that stops: one that is chosen again just goes on. Everything here is touched by the running
/// thread only; <see cref="HandOff"/> orders one after the other.</para>
/// </remarks>
internal sealed partial class CooperativeScheduler : ScheduleController, IDisposable
{
    /// <summary>The most threads that an execution may have.</summary>
    internal const int MaxThreads = 8;

    /// <summary>How often in a row everybody may wait for a change, without one, before that is a livelock.</summary>
    private const int TimeoutsBeforeLivelock = 4;

    private readonly ScheduledThread[] _threads;
    private readonly HandOff _ended = new();
    private readonly bool _buffersStores;
    private readonly int _maxSteps;
    private Execution? _execution;
    private ISearch? _search;
    private ScheduledThread? _running;
    private bool _isGivenUp;
    private bool _isAborting;
    private bool _isClosed;
    private ExceptionDispatchInfo? _searchFailure;
    private int _timeouts;
    private int _storesAtTimeout;

    /// <summary>Makes a scheduler with its threads.</summary>
    /// <param name="threads">How many threads each execution has.</param>
    /// <param name="model">When stores become visible.</param>
    /// <param name="maxSteps">An execution with more steps is a livelock.</param>
    internal CooperativeScheduler(int threads, MemoryModel model, int maxSteps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threads, MaxThreads);
        _buffersStores = model == MemoryModel.TotalStoreOrder;
        _maxSteps = maxSteps;
        _threads = new ScheduledThread[threads];
        for (int i = 0; i < threads; i++)
        {
            ScheduledThread thread = _threads[i] = new ScheduledThread(i);
            new Thread(() => RunExecutions(thread)) { IsBackground = true, Name = $"checked thread {i}" }.Start();
        }
    }

    /// <summary>How many threads there are.</summary>
    internal int ThreadCount => _threads.Length;

    /// <summary>How many processes there are: the threads, and their store buffers if they have some.</summary>
    internal int ProcessCount => _buffersStores ? 2 * _threads.Length : _threads.Length;

    /// <summary>One bit for each process that could make a step.</summary>
    internal uint Enabled { get; private set; }

    /// <summary>Who made the last step, or -1.</summary>
    internal int LastProcess => _steps.Count == 0 ? -1 : _steps[^1].Process;

    /// <summary>What went wrong, or null.</summary>
    internal ExecutionFailure? Failure { get; private set; }

    /// <summary>Whether the search gave the execution up.</summary>
    internal bool IsGivenUp => _isGivenUp;

    /// <summary>How many steps the search knows of: all, or those before it gave up.</summary>
    internal int StepsBeforeGivenUp { get; private set; }

    /// <summary>Whether everybody waits, and those who are enabled are so only because nobody else is.</summary>
    internal bool IsTimingOut { get; private set; }

    /// <summary>One bit for each thread that waited for a lock, and not to be woken, when the execution ended because nobody could make a step.</summary>
    internal uint WaitingForLocks { get; private set; }

    /// <inheritdoc/>
    internal override long Timestamp => _timestamp;

    /// <summary>
    /// Notes, in a recorded execution, something that the calling thread of the program says about itself: an operation begins, a
    /// bracket ends. No step, and nothing at all on other threads or while searching.
    /// </summary>
    internal static void Note(object content)
    {
        if (Current is CooperativeScheduler { _recorder: { } recorder, _running: { } thread })
        {
            recorder.AddNote(thread.Index, content);
        }
    }

    /// <summary>From which step on a thread that is about to yield has looked at what it waits for.</summary>
    internal int LooksFrom(int thread) => _threads[thread].LooksFrom;

    /// <summary>What a process would do next.</summary>
    internal Operation Pending(int process)
    {
        if (process < _threads.Length)
        {
            return _threads[process].Pending;
        }

        ref readonly BufferedStore store = ref _threads[process - _threads.Length].Buffer.Oldest;
        return store.Released is null
            ? store.Operation with { Kind = OperationKind.Flush }
            : store.Operation with { Kind = OperationKind.Release };
    }

    /// <summary>Runs one execution to its end, on the threads of the scheduler; the caller waits.</summary>
    internal void Run(Execution execution, ISearch search, ScheduleRecorder? recorder)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(execution.ThreadCount, _threads.Length);
        Reset();
        _execution = execution;
        _search = search;
        _recorder = recorder;
        if (Decide() is { } first)
        {
            first.Turn.Give();
            _ended.Await();
        }

        _searchFailure?.Throw();
        if (Failure is null && !_isGivenUp)
        {
            Check(-1);
        }

        StepsBeforeGivenUp = _isGivenUp ? StepsBeforeGivenUp : _steps.Count;
        search.End(this);
        _execution = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isClosed = true;
        foreach (ScheduledThread thread in _threads)
        {
            thread.Turn.Give();
        }
    }

    private void Reset()
    {
        _steps.Clear();
        _causes.Clear();
        _locksUsed = 0;
        _timestamp = 1;
        _timeouts = _storesAtTimeout = _stores = 0;
        _isGivenUp = _isAborting = false;
        WaitingForLocks = 0;
        Failure = null;
        _searchFailure = null;
        foreach (ScheduledThread thread in _threads)
        {
            thread.Reset();
        }
    }

    private void RunExecutions(ScheduledThread thread)
    {
        ThreadNumber.Assume(thread.Index + 2);
        while (true)
        {
            thread.Turn.Await();
            if (_isClosed)
            {
                thread.Dispose();
                return;
            }

            RunBody(thread);
            ScheduledThread? next = thread.IsFinished && _isAborting ? NextToAbort() : Decide();
            (next?.Turn ?? _ended).Give();
        }
    }

    private void RunBody(ScheduledThread thread)
    {
        thread.IsStarted = true;
        Current = this;
        AtomicContext.Clear();
        try
        {
            Perform(thread);
            _execution!.Run(thread.Index);
        }
        catch (ExecutionAbortedException)
        {
        }
#pragma warning disable CA1031 // Whatever it is, it is what the search looks for.
        catch (Exception exception) when (!_isAborting)
#pragma warning restore CA1031
        {
            Fail(FailureKind.Exception, thread.Index, exception.Message, exception);
        }
#pragma warning disable CA1031 // The thread was ended in the middle of something: what it makes of that is not its fault.
        catch (Exception) when (_isAborting)
#pragma warning restore CA1031
        {
        }

        Current = null;
        _recorder?.Performed();
        thread.IsFinished = true;
        thread.Buffer.Hide();
    }

    /// <summary>Stops the running thread before its pending step until it is chosen.</summary>
    private void Stop(ScheduledThread thread)
    {
        _recorder?.Performed();
        thread.Buffer.Hide();
        ScheduledThread next = Decide()!;
        if (next != thread)
        {
            next.Turn.Give();
            thread.Turn.Await();
        }

        if (_isAborting)
        {
            throw new ExecutionAbortedException();
        }

        thread.Buffer.Show();
        Perform(thread);
    }

    /// <summary>Chooses until a thread is chosen; steps of store buffers are made here.</summary>
    /// <returns>The thread; null when the execution has ended.</returns>
    private ScheduledThread? Decide()
    {
        while (true)
        {
            if (!Observe())
            {
                return NextToAbort();
            }

            Enabled = FindEnabled();
            IsTimingOut = Enabled == 0;
            if (Enabled == 0)
            {
                if (Array.TrueForAll(_threads, static thread => thread.IsFinished))
                {
                    return null;
                }

                if (!TryTimeOut())
                {
                    FailStuck();
                    return NextToAbort();
                }
            }

            if (_steps.Count >= _maxSteps)
            {
                Fail(FailureKind.Livelock, -1, $"The execution has not ended after {_maxSteps} steps. {DescribeWaiting()}", null);
                return NextToAbort();
            }

            int process = _isGivenUp ? BitOperations.TrailingZeroCount(Enabled) : AskSearch();
            if (_isAborting)
            {
                return NextToAbort();
            }

            if (process < 0)
            {
                _isGivenUp = true;
                StepsBeforeGivenUp = _steps.Count;
            }
            else if (process < _threads.Length)
            {
                return _running = _threads[process];
            }
            else
            {
                Flush(_threads[process - _threads.Length]);
            }
        }
    }

    private int AskSearch()
    {
        try
        {
            return _search!.Choose(this);
        }
#pragma warning disable CA1031 // It is the caller's of Run, not the program's under test, on whose thread this may be.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _searchFailure = ExceptionDispatchInfo.Capture(exception);
            _isAborting = true;
            return -1;
        }
    }

    /// <summary>Looks at the state behind the last step.</summary>
    /// <returns>False if it was wrong.</returns>
    private bool Observe()
    {
        if (_steps.Count > 0 && !_isGivenUp && !_isAborting && _execution!.ObservesSteps)
        {
            ScheduleController? controller = Current;
            Current = null;
            Check(_steps[^1].Process % _threads.Length);
            Current = controller;
        }

        return !_isAborting;
    }

    /// <summary>Asks the execution whether all is well: behind a step of a thread, or at the end.</summary>
    private void Check(int thread)
    {
        try
        {
            if (thread >= 0)
            {
                _execution!.StepDone(_steps[^1]);
            }
            else
            {
                _execution!.AllFinished();
            }
        }
#pragma warning disable CA1031 // Whatever it is, it is what the search looks for.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fail(FailureKind.Exception, thread, exception.Message, exception);
        }
    }

    private void Fail(FailureKind kind, int thread, string message, Exception? exception)
    {
        if (!_isGivenUp || exception is not null)
        {
            Failure ??= new ExecutionFailure(kind, thread, _steps.Count, message, exception);
        }

        _isAborting = true;
    }

    /// <summary>The next thread that must be ended in the middle; null when none is left.</summary>
    private ScheduledThread? NextToAbort()
    {
        _isAborting = true;
        return Array.Find(_threads, static thread => thread.IsStarted && !thread.IsFinished);
    }
}
