using MmuNotifiers.Lab.Checking.Scheduling;

namespace MmuNotifiers.Lab.Checking.Exploration;

/// <summary>Follows one schedule.</summary>
internal sealed class ReplaySearch(Schedule schedule) : ISearch
{
    private bool _hasBegun;

    /// <inheritdoc/>
    public bool TryBegin() => !_hasBegun && (_hasBegun = true);

    /// <inheritdoc/>
    public int Choose(CooperativeScheduler scheduler)
    {
        int step = scheduler.Steps.Length;
        if (step >= schedule.Processes.Length)
        {
            throw new ScheduleDivergedException($"The schedule ends after {step} steps, but the execution goes on.");
        }

        int process = schedule.Processes[step];
        if (process >= scheduler.ProcessCount || (scheduler.Enabled >> process & 1) == 0)
        {
            throw new ScheduleDivergedException($"Process {process} cannot make step {step} of the schedule.");
        }

        return process;
    }

    /// <inheritdoc/>
    public void End(CooperativeScheduler scheduler)
    {
        if (scheduler.Steps.Length < schedule.Processes.Length)
        {
            throw new ScheduleDivergedException(
                $"The execution has ended after {scheduler.Steps.Length} of the {schedule.Processes.Length} steps of the schedule.");
        }
    }
}
