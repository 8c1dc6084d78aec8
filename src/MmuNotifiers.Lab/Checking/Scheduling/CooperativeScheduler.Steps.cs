using System.Runtime.InteropServices;

namespace MmuNotifiers.Lab.Checking.Scheduling;

/// <summary>The steps of the execution: who can make one, what it changes, and what it leaves in the list.</summary>
internal sealed partial class CooperativeScheduler
{
    /// <summary>How many steps back a yielding thread can have looked at what it waits for.</summary>
    private const int MostLooks = 8;

    private static readonly long TimePerTimeout = 3600 * Synchronization.SharedClock.Frequency;

    private readonly List<ExecutedStep> _steps = new(256);
    private readonly List<int> _causes = [];

    /// <summary>Every lock that was met; those from <see cref="_locksUsed"/> on are left from earlier executions.</summary>
    private readonly List<LockState> _locks = [];
    private int _locksUsed;
    private int _stores;
    private long _timestamp;
    private ScheduleRecorder? _recorder;

    /// <summary>What was done, in order.</summary>
    internal ReadOnlySpan<ExecutedStep> Steps => CollectionsMarshal.AsSpan(_steps);

    /// <summary>The steps that made a step possible, beside those before it of its own process.</summary>
    internal ReadOnlySpan<int> CausesOf(in ExecutedStep step) =>
        CollectionsMarshal.AsSpan(_causes).Slice(step.CauseStart, step.CauseCount);

    /// <summary>
    /// Whether a thread, in its steps of an interval, has looked at what a step changes: loaded it, or had to do with the lock that
    /// is left.
    /// </summary>
    /// <param name="thread">The thread.</param>
    /// <param name="first">The first step of the interval.</param>
    /// <param name="end">The step behind the last.</param>
    /// <param name="change">What changes.</param>
    internal bool LooksAt(int thread, int first, int end, in Operation change)
    {
        if (!change.IsStore && !change.IsRelease)
        {
            return false;
        }

        ReadOnlySpan<ExecutedStep> steps = Steps;
        for (int i = first; i < end; i++)
        {
            ref readonly ExecutedStep step = ref steps[i];
            if (step.Process == thread
                && (change.IsStore
                    ? step.Operation.IsMemory && step.Operation.Overlaps(in change)
                    : step.Operation.IsLock && step.Operation.IsOnLockOf(in change)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The first of the steps by which a thread that yields has looked at what it waits for: its last few before the yield, and none
    /// before an earlier yield. A loop that waits looks at what it waits for at its end; what lies further back would only have it
    /// look again for nothing.
    /// </summary>
    /// <param name="thread">The thread.</param>
    /// <param name="yield">The number of the yield among all steps.</param>
    internal int LooksFrom(int thread, int yield)
    {
        ReadOnlySpan<ExecutedStep> steps = Steps;
        int first = yield;
        int looks = 0;
        for (int i = yield - 1; i >= 0 && looks < MostLooks; i--)
        {
            if (steps[i].Process != thread)
            {
                continue;
            }

            if (steps[i].Operation.Kind == OperationKind.Yield)
            {
                break;
            }

            looks++;
            first = i;
        }

        return first;
    }

    private uint FindEnabled()
    {
        uint enabled = 0;
        foreach (ScheduledThread thread in _threads)
        {
            if (!thread.IsFinished && CanPerform(thread))
            {
                enabled |= 1u << thread.Index;
            }

            if (!thread.Buffer.IsEmpty)
            {
                enabled |= 1u << (_threads.Length + thread.Index);
            }
        }

        return enabled;
    }

    private bool CanPerform(ScheduledThread thread) => thread.Pending.Kind switch
    {
        OperationKind.Acquire => thread.Buffer.IsEmpty && thread.PendingLock!.IsFreeFor(thread),
        OperationKind.Reacquire => thread.WokenBy >= 0 && thread.PendingLock!.Holder is null,
        OperationKind.Yield => thread.WokenBy >= 0 || thread.IsTimedOut,
        OperationKind.Write or OperationKind.Update or OperationKind.Count or OperationKind.TryAcquire or OperationKind.Fence or OperationKind.Wait
            or OperationKind.BarrierBegin => thread.Buffer.IsEmpty,
        OperationKind.Release => thread.Buffer.IsEmpty || !thread.PendingLock!.FencesOnExit,
        OperationKind.BarrierEnd => Array.TrueForAll(_threads, other => other.Buffer.Flushed >= thread.BarrierTargets[other.Index]),
        _ => true,
    };

    /// <summary>Does what the thread has announced, as far as the scheduler keeps it; the thread itself does the access.</summary>
    private void Perform(ScheduledThread thread)
    {
        _recorder?.Performing(thread.Index, thread.Pending, thread.PendingLock);
        bool tookLock = false;
        int causes = _causes.Count;
        int step = _steps.Count;
        switch (thread.Pending.Kind)
        {
            case OperationKind.Buffer:
                thread.Buffer.Add(thread.Pending, step, released: null);
                break;
            case OperationKind.Acquire:
            case OperationKind.TryAcquire:
                tookLock = thread.PendingLock!.Holder is null;
                thread.HasEntered = thread.PendingLock.IsFreeFor(thread);
                if (thread.HasEntered)
                {
                    thread.PendingLock.Enter(thread);
                }

                break;
            case OperationKind.Release:
                Leave(thread, step);
                break;
            case OperationKind.Wait:
                thread.DepthBeforeWait = thread.PendingLock!.LeaveWholly();
                thread.WokenBy = -1;
                break;
            case OperationKind.Reacquire:
                tookLock = true;
                thread.PendingLock!.EnterAgain(thread, thread.DepthBeforeWait);
                _causes.Add(thread.WokenBy);
                thread.WokenBy = -1;
                break;
            case OperationKind.Wake:
                WakeWaiters(thread.PendingLock!, step);
                break;
            case OperationKind.BarrierBegin:
                NoteBarrierTargets(thread);
                break;
            case OperationKind.BarrierEnd:
                AddBarrierCauses(thread);
                break;
            case OperationKind.Yield:
                Yielded(thread, step, causes);
                return;
        }

        if (_buffersStores && thread.Pending.Kind is not (OperationKind.Read or OperationKind.Buffer))
        {
            AddCause(thread.LastFlush);
        }

        Append(new ExecutedStep(thread.Index, thread.Pending, tookLock, false, causes, _causes.Count - causes));
    }

    private void Append(in ExecutedStep step)
    {
        int index = _steps.Count;
        _steps.Add(step);
        if (step.Operation.IsStore || step.Operation.IsRelease)
        {
            _stores++;
            foreach (ScheduledThread other in _threads)
            {
                if (other.Pending.Kind == OperationKind.Yield && other.WokenBy < 0 && other.Index != step.Process % _threads.Length
                    && LooksAt(other.Index, other.LooksFrom, index, step.Operation))
                {
                    other.WokenBy = index;
                }
            }
        }
    }

    /// <summary>Leaves a lock: at once, or, where that is a plain store, when the store becomes visible.</summary>
    private void Leave(ScheduledThread thread, int step)
    {
        LockState left = thread.PendingLock!;
        if (_buffersStores && !left.FencesOnExit)
        {
            left.Depth = 0;
            thread.Buffer.Add(thread.Pending, step, left);
            thread.Pending = thread.Pending with { Kind = OperationKind.Buffer };
        }
        else if (--left.Depth == 0)
        {
            left.Holder = null;
        }
    }

    private void WakeWaiters(LockState monitor, int step)
    {
        foreach (ScheduledThread waiter in _threads)
        {
            if (waiter.Pending.Kind == OperationKind.Reacquire && waiter.PendingLock == monitor && waiter.WokenBy < 0)
            {
                waiter.WokenBy = step;
            }
        }
    }

    private void NoteBarrierTargets(ScheduledThread thread)
    {
        foreach (ScheduledThread other in _threads)
        {
            thread.BarrierTargets[other.Index] = other.Buffer.Stored;
        }
    }

    /// <summary>The barrier ends behind the flush of every store that it noted, and not behind later ones.</summary>
    private void AddBarrierCauses(ScheduledThread thread)
    {
        Span<int> seen = stackalloc int[MaxThreads];
        seen.Clear();
        for (int i = 0; i < _steps.Count; i++)
        {
            int other = _steps[i].Process - _threads.Length;
            if (other >= 0 && ++seen[other] == thread.BarrierTargets[other])
            {
                _causes.Add(i);
            }
        }
    }

    private void Yielded(ScheduledThread thread, int step, int causes)
    {
        bool isTimeout = thread.WokenBy < 0;
        if (isTimeout)
        {
            foreach (ScheduledThread other in _threads)
            {
                other.IsTimedOut = false;
            }
        }

        thread.WokenBy = -1;
        Append(new ExecutedStep(thread.Index, thread.Pending, false, isTimeout, causes, 0));
    }

    /// <summary>The oldest store of a thread becomes visible.</summary>
    private void Flush(ScheduledThread thread)
    {
        Operation operation = Pending(thread.Index + _threads.Length);
        _recorder?.Performing(thread.Index + _threads.Length, operation, thread.Buffer.Oldest.Released);
        BufferedStore store = thread.Buffer.Flush();
        int causes = _causes.Count;
        _causes.Add(store.Step);
        thread.LastFlush = _steps.Count;
        Append(new ExecutedStep(thread.Index + _threads.Length, operation, false, false, causes, 1));
        _recorder?.Performed();
    }

    private void AddCause(int step)
    {
        if (step >= 0)
        {
            _causes.Add(step);
        }
    }

    /// <summary>
    /// A thread is about to yield: finds what it looks at, and a step of another thread that has changed some of that since, or -1.
    /// </summary>
    private int FindChange(ScheduledThread thread)
    {
        thread.LooksFrom = LooksFrom(thread.Index, _steps.Count);
        for (int i = thread.LooksFrom; i < _steps.Count; i++)
        {
            ExecutedStep step = _steps[i];
            if (step.Process % _threads.Length != thread.Index && LooksAt(thread.Index, thread.LooksFrom, i, step.Operation))
            {
                return i;
            }
        }

        return -1;
    }
}
