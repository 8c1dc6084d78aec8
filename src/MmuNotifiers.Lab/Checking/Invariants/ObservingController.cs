using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking;

/// <summary>
/// Stands between one thread of an execution and its scheduler: every step passes through here, and the judge looks at it at the moment when
/// it happens, with everybody else standing still.
/// </summary>
internal sealed class ObservingController(ScheduleController inner, Judge judge, ThreadState thread) : ScheduleController
{
    /// <inheritdoc/>
    internal override long Timestamp => inner.Timestamp;

    /// <summary>Who schedules the thread.</summary>
    internal ScheduleController Inner => inner;

    /// <summary>Whose steps these are.</summary>
    internal ThreadState Thread => thread;

    /// <summary>The thread of an execution that calls, or null.</summary>
    internal static ThreadState? CurrentThread => (Current as ObservingController)?.Thread;

    /// <inheritdoc/>
    internal override void BeforeAccess(StepKind kind, object? owner, nint location, int sizeBytes, string step, int bits = AllBits)
    {
        inner.BeforeAccess(kind, owner, location, sizeBytes, step, bits);
        judge.Access(thread, new ObservedStep(kind, owner, location, sizeBytes, step));
    }

    /// <inheritdoc/>
    internal override void EnterLock(object? owner, nint location, string step)
    {
        if (judge.IsMissing(step))
        {
            thread.MissingLocks.Add(new HeldLock(owner, location, step));
            return;
        }

        inner.EnterLock(owner, location, step);
        thread.Locks.Add(new HeldLock(owner, location, step));
        judge.Step(thread);
    }

    /// <inheritdoc/>
    internal override bool TryEnterLock(object? owner, nint location, string step)
    {
        bool entered = inner.TryEnterLock(owner, location, step);
        if (entered)
        {
            thread.Locks.Add(new HeldLock(owner, location, step));
        }

        judge.Step(thread);
        return entered;
    }

    /// <inheritdoc/>
    internal override void ExitLock(object? owner, nint location, string step)
    {
        int missing = thread.MissingLocks.FindLastIndex(held => held.Is(owner, location));
        if (missing >= 0)
        {
            thread.MissingLocks.RemoveAt(missing);
            return;
        }

        inner.ExitLock(owner, location, step);
        int index = thread.Locks.FindLastIndex(held => held.Is(owner, location));
        if (index >= 0)
        {
            thread.Locks.RemoveAt(index);
        }

        judge.Step(thread);
    }

    /// <inheritdoc/>
    internal override bool HoldsLock(object? owner, nint location) =>
        thread.MissingLocks.Exists(held => held.Is(owner, location)) || inner.HoldsLock(owner, location);

    /// <inheritdoc/>
    internal override void Wait(object owner, string step)
    {
        judge.Step(thread);
        inner.Wait(owner, step);
    }

    /// <inheritdoc/>
    internal override void WakeAll(object owner, string step)
    {
        inner.WakeAll(owner, step);
        judge.Step(thread);
    }
}
