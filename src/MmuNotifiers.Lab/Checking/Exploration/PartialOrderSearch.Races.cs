using System.Numerics;
using System.Runtime.InteropServices;
using MmuNotifiers.Lab.Checking.Scheduling;

namespace MmuNotifiers.Lab.Checking.Exploration;

/// <summary>Looks an execution over for races.</summary>
/// <remarks>
/// The vector clock of a step tells, for each process, how many steps of the execution must be passed to have passed all steps of
/// the process that come before the step by program order, cause, or dependence: step j comes before step i if clock(i)[process of
/// j] is above j. Clocks of steps that an execution has in common with the one before are kept.
/// </remarks>
internal sealed partial class PartialOrderSearch
{
    private readonly int[] _lastOf = new int[2 * CooperativeScheduler.MaxThreads];
    private int[] _clocks = new int[1024];

    /// <inheritdoc/>
    public void End(CooperativeScheduler scheduler)
    {
        int processes = scheduler.ProcessCount;
        int steps = scheduler.StepsBeforeGivenUp;
        if (_clocks.Length < (steps + 1) * processes)
        {
            Array.Resize(ref _clocks, 2 * (steps + 1) * processes);
        }

        _lastOf.AsSpan().Fill(-1);
        for (int i = 0; i < steps; i++)
        {
            ref readonly ExecutedStep step = ref scheduler.Steps[i];
            if (i >= _firstNew)
            {
                Look(scheduler, i, step);
            }

            _lastOf[step.Process] = i;
        }

        if (!scheduler.IsGivenUp)
        {
            LookAtWaiting(scheduler, steps);
        }
    }

    private Span<int> Clock(int step, int processes) => _clocks.AsSpan(step * processes, processes);

    /// <summary>Who waits for ever might have come first: to the lock that another holds.</summary>
    private void LookAtWaiting(CooperativeScheduler scheduler, int steps)
    {
        for (uint waiting = scheduler.WaitingForLocks; waiting != 0; waiting &= waiting - 1)
        {
            int thread = BitOperations.TrailingZeroCount(waiting);
            Look(scheduler, steps, new ExecutedStep(thread, scheduler.Pending(thread), false, false, 0, 0));
        }
    }

    /// <summary>Computes the clock of a step, and finds the races that it is the second step of.</summary>
    private void Look(CooperativeScheduler scheduler, int index, in ExecutedStep step)
    {
        int processes = scheduler.ProcessCount;
        Span<int> before = stackalloc int[processes];
        Span<int> clock = Clock(index, processes);
        Begin(scheduler, step, before);
        before.CopyTo(clock);
        ReadOnlySpan<ExecutedStep> steps = scheduler.Steps;
        for (int j = index - 1; j >= 0; j--)
        {
            ref readonly ExecutedStep earlier = ref steps[j];
            if (j < before[earlier.Process] || !IsDependent(scheduler, j, in earlier, index, in step))
            {
                continue;
            }

            Join(clock, Clock(j, processes));
            if (CanComeFirst(scheduler, j, in earlier, index, in step))
            {
                AddBacktrack(scheduler, j, index, step.Process, before);
            }
            else if (step.Operation.Kind is OperationKind.Acquire or OperationKind.Reacquire)
            {
                // The race is with whoever entered the lock, further back, and not with the leaving.
                continue;
            }

            Join(before, Clock(j, processes));
        }

        clock[step.Process] = index + 1;
    }

    /// <summary>What comes before a step by program order and by cause.</summary>
    private void Begin(CooperativeScheduler scheduler, in ExecutedStep step, Span<int> clock)
    {
        int processes = clock.Length;
        clock.Clear();
        if (_lastOf[step.Process] >= 0)
        {
            Join(clock, Clock(_lastOf[step.Process], processes));
        }

        foreach (int cause in scheduler.CausesOf(in step))
        {
            Join(clock, Clock(cause, processes));
        }

        if (step.IsTimeout)
        {
            for (int process = 0; process < processes; process++)
            {
                if (_lastOf[process] >= 0)
                {
                    Join(clock, Clock(_lastOf[process], processes));
                }
            }
        }
    }

    private static void Join(Span<int> clock, ReadOnlySpan<int> other)
    {
        for (int i = 0; i < clock.Length; i++)
        {
            clock[i] = Math.Max(clock[i], other[i]);
        }
    }

    private bool IsDependent(CooperativeScheduler scheduler, int j, in ExecutedStep earlier, int i, in ExecutedStep step)
    {
        if (earlier.Operation.Kind == OperationKind.Yield)
        {
            return IsLookedAt(scheduler, j, in earlier, in step);
        }

        return step.Operation.Kind == OperationKind.Yield
            ? IsLookedAt(scheduler, i, in step, in earlier)
            : dependence.AreDependent(scheduler, earlier.Process, earlier.Operation, step.Process, step.Operation);
    }

    /// <summary>Whether a step changes what the thread of a yield had looked at.</summary>
    private static bool IsLookedAt(CooperativeScheduler scheduler, int index, in ExecutedStep yield, in ExecutedStep change) =>
        change.Process % scheduler.ThreadCount != yield.Process
        && scheduler.LooksAt(yield.Process, scheduler.LooksFrom(yield.Process, index), index, change.Operation);

    /// <summary>Whether a step could come before an earlier one on which it depends, nothing lying between.</summary>
    private bool CanComeFirst(CooperativeScheduler scheduler, int j, in ExecutedStep earlier, int i, in ExecutedStep step) => step.Operation.Kind switch
    {
        OperationKind.Acquire or OperationKind.Reacquire => earlier.TookLock,
        OperationKind.Yield => earlier.Operation.Kind != OperationKind.Yield && EndsOtherwise(scheduler, j, i, step.Process),
        _ => !earlier.IsTimeout,
    };

    /// <summary>Whether a yield would have ended without a certain change.</summary>
    private bool EndsOtherwise(CooperativeScheduler scheduler, int without, int yield, int process)
    {
        ReadOnlySpan<ExecutedStep> steps = scheduler.Steps;
        int owner = steps[without].Process;
        int first = scheduler.LooksFrom(process, yield);
        for (int k = first; k < yield; k++)
        {
            bool isAfter = k == without || (k > without && Clock(k, scheduler.ProcessCount)[owner] > without);
            if (!isAfter && steps[k].Process % scheduler.ThreadCount != process && scheduler.LooksAt(process, first, k, steps[k].Operation))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Sees to it that an execution is made in which a step comes before an earlier one: from the decision before that, somebody must
    /// be tried who can begin the steps between them that do not depend on the earlier one.
    /// </summary>
    private void AddBacktrack(CooperativeScheduler scheduler, int earlier, int later, int laterProcess, ReadOnlySpan<int> before)
    {
        if (earlier < root.Count)
        {
            return;
        }

        ReadOnlySpan<ExecutedStep> steps = scheduler.Steps;
        int processes = scheduler.ProcessCount;
        int owner = steps[earlier].Process;
        Span<int> firstOf = stackalloc int[processes];
        firstOf.Fill(int.MaxValue);
        uint initials = 0;
        int first = -1;
        for (int k = earlier + 1; k <= later; k++)
        {
            int process = k < later ? steps[k].Process : laterProcess;
            ReadOnlySpan<int> clock = k < later ? Clock(k, processes) : before;
            if (clock[owner] > earlier || firstOf[process] != int.MaxValue)
            {
                continue;
            }

            bool isInitial = true;
            for (int other = 0; other < processes; other++)
            {
                isInitial &= firstOf[other] >= clock[other];
            }

            firstOf[process] = k;
            initials |= isInitial ? 1u << process : 0;
            first = first < 0 ? process : first;
        }

        ref Decision decision = ref CollectionsMarshal.AsSpan(_path)[earlier];
        if ((initials & (decision.Backtrack | decision.Sleeping)) == 0)
        {
            uint added = (initials >> laterProcess & 1) != 0 ? 1u << laterProcess : 1u << first;
            decision = decision with { Backtrack = decision.Backtrack | ((added & decision.Enabled) != 0 ? added : decision.Enabled) };
        }
    }
}
