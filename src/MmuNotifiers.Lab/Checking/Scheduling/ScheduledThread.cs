namespace MmuNotifiers.Lab.Checking.Scheduling;

/// <summary>One thread of the program under test, as the scheduler keeps it. Only the running thread touches any of them.</summary>
internal sealed class ScheduledThread(int index) : IDisposable
{
    /// <summary>Its number, from 0.</summary>
    internal int Index { get; } = index;

    /// <summary>By which it gets its turn.</summary>
    internal HandOff Turn { get; } = new();

    /// <summary>Its stores that others do not see yet.</summary>
    internal StoreBuffer Buffer { get; } = new();

    /// <summary>What it does when it is chosen.</summary>
    internal Operation Pending { get; set; }

    /// <summary>The lock of <see cref="Pending"/>, if that is one on a lock.</summary>
    internal LockState? PendingLock { get; set; }

    /// <summary>Whether the lock that it tried last was free for it.</summary>
    internal bool HasEntered { get; set; }

    /// <summary>Whether it has begun.</summary>
    internal bool IsStarted { get; set; }

    /// <summary>Whether it has ended.</summary>
    internal bool IsFinished { get; set; }

    /// <summary>The step after which the pending yield or wait could end, or -1.</summary>
    internal int WokenBy { get; set; }

    /// <summary>Whether the pending yield ends although nothing has changed, because everybody waits.</summary>
    internal bool IsTimedOut { get; set; }

    /// <summary>The step from which on the thread, while it yields, has looked at what it waits for.</summary>
    internal int LooksFrom { get; set; }

    /// <summary>How often it had entered the monitor on which it waits.</summary>
    internal int DepthBeforeWait { get; set; }

    /// <summary>The last step that made a store of the thread visible, or -1.</summary>
    internal int LastFlush { get; set; }

    /// <summary>What each buffer must have flushed before a barrier of this thread ends.</summary>
    internal int[] BarrierTargets { get; } = new int[CooperativeScheduler.MaxThreads];

    /// <summary>A new execution.</summary>
    internal void Reset()
    {
        Buffer.Clear();
        Pending = new Operation(OperationKind.Begin, null, 0, 0, "begin");
        PendingLock = null;
        IsStarted = IsFinished = IsTimedOut = false;
        WokenBy = LastFlush = -1;
    }

    /// <inheritdoc/>
    public void Dispose() => Turn.Dispose();
}
