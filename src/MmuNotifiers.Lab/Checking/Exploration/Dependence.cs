using MmuNotifiers.Lab.Checking.Scheduling;

namespace MmuNotifiers.Lab.Checking.Exploration;

/// <summary>Which steps cannot change places without a difference, and which of those could have come in the other order.</summary>
/// <remarks>
/// <code>
///   steps of different processes                  dependent
///   memory, memory                                bits in common, at least one store
///   counting, counting                            never: nobody looks at the sum
///   load, and flush of the same thread's store    never: the thread saw its store already
///   lock, lock                                    the same lock
///   buffered store, begin of a barrier            different threads: the barrier waits for stores buffered before it
///   yield, store or release                       the yielding thread has looked at what changes
///   yield that timed out, anything                always: it was possible only because nothing else was
/// </code>
/// Fences need no entry: that their thread's stores are visible is an order of cause and effect.
/// </remarks>
internal class Dependence
{
    /// <summary>The one that is right.</summary>
    internal static Dependence Full { get; } = new();

    /// <summary>Whether two steps of different processes are dependent. Their order does not matter.</summary>
    internal virtual bool AreDependent(
        CooperativeScheduler scheduler, int process, in Operation operation, int other, in Operation otherOperation)
    {
        if (operation.IsMemory)
        {
            return otherOperation.IsMemory
                && (operation.IsStore || otherOperation.IsStore)
                && !(operation.Kind == OperationKind.Count && otherOperation.Kind == OperationKind.Count)
                && !IsOwnFlush(scheduler, process, in operation, other, in otherOperation)
                && operation.Overlaps(in otherOperation);
        }

        if (operation.IsLock)
        {
            return otherOperation.IsLock && operation.IsOnLockOf(in otherOperation);
        }

        return (operation.Kind == OperationKind.Buffer && otherOperation.Kind == OperationKind.BarrierBegin)
            || (operation.Kind == OperationKind.BarrierBegin && otherOperation.Kind == OperationKind.Buffer);
    }

    private static bool IsOwnFlush(CooperativeScheduler scheduler, int process, in Operation operation, int other, in Operation otherOperation) =>
        (operation.Kind == OperationKind.Read && other == process + scheduler.ThreadCount)
        || (otherOperation.Kind == OperationKind.Read && process == other + scheduler.ThreadCount);
}
