using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking.Scheduling;

/// <summary>What the running thread announces.</summary>
internal sealed partial class CooperativeScheduler
{
    private const int LargestBufferedStoreBytes = 8;

    /// <inheritdoc/>
    internal override void BeforeAccess(StepKind kind, object? owner, nint location, int sizeBytes, string step, int bits = AllBits)
    {
        ScheduledThread thread = _running!;
        switch (kind)
        {
            case StepKind.Read:
                Stop(thread, new Operation(OperationKind.Read, owner, location, sizeBytes, step) { Bits = bits });
                break;
            case StepKind.Write:
                bool isBuffered = _buffersStores && (sizeBytes == 0 || (sizeBytes <= LargestBufferedStoreBytes && int.IsPow2(sizeBytes)));
                Stop(thread, new Operation(isBuffered ? OperationKind.Buffer : OperationKind.Write, owner, location, sizeBytes, step));
                break;
            case StepKind.Update:
                Stop(thread, new Operation(OperationKind.Update, owner, location, sizeBytes, step) { Bits = bits });
                break;
            case StepKind.Count:
                Stop(thread, new Operation(OperationKind.Count, owner, location, sizeBytes, step));
                break;
            case StepKind.ReadBeforeUpdate:
                // A store that still waits in a buffer may pass the load, not the update: then they are two steps.
                Stop(thread, new Operation(_buffersStores ? OperationKind.Read : OperationKind.Update, owner, location, sizeBytes, step));
                break;
            case StepKind.UpdateAfterRead:
                if (_buffersStores)
                {
                    Stop(thread, new Operation(OperationKind.Update, owner, location, sizeBytes, step));
                }

                break;
            case StepKind.Yield:
                thread.WokenBy = FindChange(thread);
                Stop(thread, new Operation(OperationKind.Yield, null, 0, 0, step));
                break;
            case StepKind.Fence when _buffersStores:
                Stop(thread, new Operation(OperationKind.Fence, null, 0, 0, step));
                break;
            case StepKind.ProcessWideBarrier when _buffersStores:
                Stop(thread, new Operation(OperationKind.BarrierBegin, null, 0, 0, step));
                Stop(thread, new Operation(OperationKind.BarrierEnd, null, 0, 0, step));
                break;
            default:
                // Without store buffers a fence does nothing, so that it need not be scheduled.
                _recorder?.Fence(thread.Index, kind, step);
                break;
        }
    }

    /// <inheritdoc/>
    internal override void EnterLock(object? owner, nint location, string step) =>
        Stop(_running!, new Operation(OperationKind.Acquire, owner, location, 0, step));

    /// <inheritdoc/>
    internal override bool TryEnterLock(object? owner, nint location, string step)
    {
        Stop(_running!, new Operation(OperationKind.TryAcquire, owner, location, 0, step));
        return _running!.HasEntered;
    }

    /// <inheritdoc/>
    internal override void ExitLock(object? owner, nint location, string step)
    {
        if (_isAborting)
        {
            return;
        }

        if (!HoldsLock(owner, location))
        {
            throw new SynchronizationLockException($"{step} leaves a lock that the thread does not hold.");
        }

        Stop(_running!, new Operation(OperationKind.Release, owner, location, 0, step));
    }

    /// <inheritdoc/>
    internal override bool HoldsLock(object? owner, nint location) => _isAborting || FindLock(owner, location).Holder == _running;

    /// <inheritdoc/>
    internal override void Wait(object owner, string step)
    {
        ThrowUnlessHeld(owner, step);
        Stop(_running!, new Operation(OperationKind.Wait, owner, 0, 0, step));
        Stop(_running!, new Operation(OperationKind.Reacquire, owner, 0, 0, step));
    }

    /// <inheritdoc/>
    internal override void WakeAll(object owner, string step)
    {
        ThrowUnlessHeld(owner, step);
        Stop(_running!, new Operation(OperationKind.Wake, owner, 0, 0, step));
    }

    private void ThrowUnlessHeld(object owner, string step)
    {
        if (!HoldsLock(owner, 0))
        {
            throw new SynchronizationLockException($"{step} waits or wakes on a monitor that the thread does not hold.");
        }
    }

    private void Stop(ScheduledThread thread, in Operation operation)
    {
        if (_isAborting)
        {
            throw new ExecutionAbortedException();
        }

        thread.Pending = operation;
        thread.PendingLock = operation.IsLock ? FindLock(operation.Owner, operation.Location) : null;
        Stop(thread);
    }

    /// <summary>The lock of a key; one that was never met is free.</summary>
    private LockState FindLock(object? owner, nint location)
    {
        for (int i = 0; i < _locksUsed; i++)
        {
            LockState known = _locks[i];
            if (ReferenceEquals(known.Owner, owner) && known.Location == location)
            {
                return known;
            }
        }

        if (_locksUsed == _locks.Count)
        {
            _locks.Add(new LockState());
        }

        LockState found = _locks[_locksUsed++];
        found.Owner = owner;
        found.Location = location;
        found.Holder = null;
        found.Depth = 0;
        return found;
    }
}
