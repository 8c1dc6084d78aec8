using MmuNotifiers.Lab.Checking.Scheduling;

namespace MmuNotifiers.Lab.Checking.Exploration;

/// <summary>Looks for a schedule that fails in the same way with fewer changes from thread to thread, so that it can be read.</summary>
/// <param name="program">Makes the objects of one execution.</param>
/// <param name="options">The memory model and the bound on steps.</param>
/// <param name="isSame">Whether a failure is the one that is looked for.</param>
internal sealed class ScheduleShrinker(Func<Execution> program, ExplorationOptions options, Func<ExecutionFailure, bool> isSame)
{
    private const int MostPreemptions = 2;
    private const long ExecutionsPerBound = 5_000;

    /// <summary>
    /// The simplest schedule found: one with the fewest preemptions if a short search finds it, and of that, or of the given one, as
    /// few runs as remain when each is left out in turn.
    /// </summary>
    internal Schedule Shrink(Schedule schedule)
    {
        Schedule best = schedule;
        for (int preemptions = 0; preemptions <= MostPreemptions; preemptions++)
        {
            if (TryFind(new BoundedSearch(preemptions), ExecutionsPerBound, out Schedule found))
            {
                best = found.Switches < best.Switches ? found : best;
                break;
            }
        }

        return LeaveOutRuns(best);
    }

    private Schedule LeaveOutRuns(Schedule schedule)
    {
        while (TryLeaveOutOne(schedule, out Schedule shorter))
        {
            schedule = shorter;
        }

        return schedule;
    }

    private bool TryLeaveOutOne(Schedule schedule, out Schedule shorter)
    {
        List<(int Process, int Length)> runs = RunsOf(schedule);
        for (int i = 0; i < runs.Count; i++)
        {
            foreach (List<(int Process, int Length)> fewer in Without(runs, i))
            {
                if (TryFind(new GuidedSearch(fewer), 1, out shorter) && shorter.Switches < schedule.Switches)
                {
                    return true;
                }
            }
        }

        shorter = schedule;
        return false;
    }

    /// <summary>The runs without one of them: its steps are made when nothing else is left, or with the next, or the previous, run of its process.</summary>
    private static IEnumerable<List<(int Process, int Length)>> Without(List<(int Process, int Length)> runs, int index)
    {
        (int process, int length) = runs[index];
        List<(int Process, int Length)> fewer = [.. runs];
        fewer.RemoveAt(index);
        yield return fewer;
        foreach (int other in (int[])[fewer.FindIndex(index, run => run.Process == process), index == 0 ? -1 : fewer.FindLastIndex(index - 1, run => run.Process == process)])
        {
            if (other >= 0)
            {
                List<(int Process, int Length)> moved = [.. fewer];
                moved[other] = (process, moved[other].Length + length);
                yield return moved;
            }
        }
    }

    private bool TryFind(ISearch search, long executions, out Schedule schedule)
    {
        ExplorationResult result = Explorer.Explore(program, search, options with { MaxExecutions = executions, MaxTime = Timeout.InfiniteTimeSpan });
        schedule = result.Schedule;
        return result.Failure is not null && isSame(result.Failure);
    }

    private static List<(int Process, int Length)> RunsOf(Schedule schedule)
    {
        List<(int Process, int Length)> runs = [];
        foreach (byte process in schedule.Processes)
        {
            if (runs.Count > 0 && runs[^1].Process == process)
            {
                runs[^1] = (process, runs[^1].Length + 1);
            }
            else
            {
                runs.Add((process, 1));
            }
        }

        return runs;
    }
}
