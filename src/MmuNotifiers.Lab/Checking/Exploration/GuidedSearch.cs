using System.Numerics;
using MmuNotifiers.Lab.Checking.Scheduling;

namespace MmuNotifiers.Lab.Checking.Exploration;

/// <summary>
/// One execution that follows runs of steps as far as it can: who cannot make a step loses the rest of the run. Behind the last
/// run whoever runs goes on until it ends or waits.
/// </summary>
/// <param name="runs">The process and the length of each run.</param>
internal sealed class GuidedSearch(IReadOnlyList<(int Process, int Length)> runs) : ISearch
{
    private int _run;
    private int _done;
    private bool _hasBegun;

    /// <inheritdoc/>
    public bool TryBegin() => !_hasBegun && (_hasBegun = true);

    /// <inheritdoc/>
    public int Choose(CooperativeScheduler scheduler)
    {
        uint enabled = scheduler.Enabled;
        for (; _run < runs.Count; _run++, _done = 0)
        {
            (int process, int length) = runs[_run];
            if (_done < length && process < scheduler.ProcessCount && (enabled >> process & 1) != 0)
            {
                _done++;
                return process;
            }
        }

        int last = scheduler.LastProcess;
        return last >= 0 && (enabled >> last & 1) != 0 ? last : BitOperations.TrailingZeroCount(enabled);
    }

    /// <inheritdoc/>
    public void End(CooperativeScheduler scheduler)
    {
    }
}
