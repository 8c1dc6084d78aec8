using System.Runtime.CompilerServices;

namespace MmuNotifiers.Synchronization;

/// <summary>A mutual-exclusion lock that a race checker can control. Waiters may block; use it where callbacks may block too.</summary>
/// <remarks>The thread that holds it may enter again.</remarks>
public sealed class SharedLock
{
    private readonly Lock _lock = new();

    /// <summary>Whether the calling thread holds the lock. For assertions.</summary>
    public bool IsHeldByCurrentThread =>
        Shared.Controlled && ScheduleController.Current is { } controller ? controller.HoldsLock(this, 0) : _lock.IsHeldByCurrentThread;

    /// <summary>Waits for the lock and holds it until the scope is disposed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Scope EnterScope([CallerMemberName] string step = "")
    {
        Enter(step);
        return new Scope(this, step);
    }

    /// <summary>Waits for the lock. Not allowed in a callback that must not block: there use <see cref="TryEnter"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter([CallerMemberName] string step = "")
    {
        AtomicContext.ThrowIfAtomic("SharedLock.Enter");
        if (Shared.Controlled && ScheduleController.Current is { } controller)
        {
            controller.EnterLock(this, 0, step);
            return;
        }

        _lock.Enter();
    }

    /// <summary>
    /// Waits for the lock: by spinning in a callback that must not block, which is allowed where no holder of the lock blocks.
    /// </summary>
    /// <param name="mayBlock">Whether the callback may block.</param>
    /// <param name="step">The caller's name, for a race checker.</param>
    public void EnterOrSpin(bool mayBlock, [CallerMemberName] string step = "")
    {
        if (mayBlock)
        {
            Enter(step);
            return;
        }

        SharedSpin spin = default;
        while (!TryEnter(step))
        {
            spin.Once(step);
        }
    }

    /// <summary>Takes the lock if it is free.</summary>
    public bool TryEnter([CallerMemberName] string step = "") =>
        Shared.Controlled && ScheduleController.Current is { } controller ? controller.TryEnterLock(this, 0, step) : _lock.TryEnter();

    /// <summary>Leaves the lock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Exit([CallerMemberName] string step = "")
    {
        if (Shared.Controlled && ScheduleController.Current is { } controller)
        {
            controller.ExitLock(this, 0, step);
            return;
        }

        _lock.Exit();
    }

    /// <summary>Holds the lock until disposed.</summary>
    public readonly ref struct Scope
    {
        private readonly SharedLock? _owner;
        private readonly string _step;

        internal Scope(SharedLock owner, string step)
        {
            _owner = owner;
            _step = step;
        }

        /// <summary>Leaves the lock.</summary>
        public void Dispose() => _owner?.Exit(_step);
    }
}
