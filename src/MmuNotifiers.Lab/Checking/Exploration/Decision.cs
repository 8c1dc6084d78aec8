using System.Numerics;
using MmuNotifiers.Lab.Checking.Scheduling;

namespace MmuNotifiers.Lab.Checking.Exploration;

/// <summary>A decision on the path to an execution of a <see cref="PartialOrderSearch"/>.</summary>
/// <param name="Chosen">Who makes the step.</param>
/// <param name="Enabled">Who could.</param>
/// <param name="Backtrack">Who must be tried, or has been.</param>
/// <param name="Sleeping">Whose step here leads to nothing new.</param>
internal readonly record struct Decision(int Chosen, uint Enabled, uint Backtrack, uint Sleeping)
{
    /// <summary>Those of the sleeping processes whose next step is independent of the last step.</summary>
    internal static uint StillSleeping(CooperativeScheduler scheduler, Dependence dependence, uint sleeping)
    {
        ref readonly ExecutedStep last = ref scheduler.Steps[^1];
        uint still = 0;
        for (uint rest = sleeping; rest != 0; rest &= rest - 1)
        {
            int process = BitOperations.TrailingZeroCount(rest);
            Operation pending = scheduler.Pending(process);
            bool isDependent = process == last.Process
                || last.IsTimeout
                || dependence.AreDependent(scheduler, process, in pending, last.Process, last.Operation)
                || (pending.Kind == OperationKind.Yield && last.Process % scheduler.ThreadCount != process
                    && scheduler.LooksAt(process, scheduler.LooksFrom(process), scheduler.Steps.Length - 1, last.Operation));
            still |= isDependent ? 0 : 1u << process;
        }

        return still;
    }
}
