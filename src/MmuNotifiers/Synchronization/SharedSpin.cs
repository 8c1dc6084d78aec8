using System.Runtime.CompilerServices;

namespace MmuNotifiers.Synchronization;

/// <summary>
/// One thread's wait, without a lock, for a change that another thread makes soon. Under a race checker the thread is set aside
/// until another thread has written something.
/// </summary>
public struct SharedSpin
{
    private SpinWait _spinner;

    /// <summary>Waits a little; longer each time, yielding the processor after the first few.</summary>
    public void Once([CallerMemberName] string step = "")
    {
        if (Shared.Controlled && ScheduleController.Current is { } controller)
        {
            controller.BeforeAccess(StepKind.Yield, null, 0, 0, step);
            return;
        }

        _spinner.SpinOnce(sleep1Threshold: -1);
    }
}
