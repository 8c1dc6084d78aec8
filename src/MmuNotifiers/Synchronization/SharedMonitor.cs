using System.Runtime.CompilerServices;

namespace MmuNotifiers.Synchronization;

/// <summary>A lock with one condition, that a race checker can control: for those who wait until a bracket ends.</summary>
public sealed class SharedMonitor
{
    private readonly object _monitor = new();

    /// <summary>Waits for the lock.</summary>
    public void Enter([CallerMemberName] string step = "")
    {
        if (Shared.Controlled && ScheduleController.Current is { } controller)
        {
            controller.EnterLock(this, 0, step);
            return;
        }

        Monitor.Enter(_monitor);
    }

    /// <summary>Leaves the lock.</summary>
    public void Exit([CallerMemberName] string step = "")
    {
        if (Shared.Controlled && ScheduleController.Current is { } controller)
        {
            controller.ExitLock(this, 0, step);
            return;
        }

        Monitor.Exit(_monitor);
    }

    /// <summary>Leaves the lock, sleeps until <see cref="WakeAll"/>, and enters it again. The caller checks its condition in a loop.</summary>
    public void Wait([CallerMemberName] string step = "")
    {
        AtomicContext.ThrowIfAtomic("SharedMonitor.Wait");
        if (Shared.Controlled && ScheduleController.Current is { } controller)
        {
            controller.Wait(this, step);
            return;
        }

        Monitor.Wait(_monitor);
    }

    /// <summary>Wakes every waiter. The lock is held.</summary>
    public void WakeAll([CallerMemberName] string step = "")
    {
        if (Shared.Controlled && ScheduleController.Current is { } controller)
        {
            controller.WakeAll(this, step);
            return;
        }

        Monitor.PulseAll(_monitor);
    }
}
