using System.Runtime.CompilerServices;

namespace MmuNotifiers.Synchronization;

/// <summary>A small dense number for each living thread, used again after the thread has died: the index of its slot in tables.</summary>
internal static class ThreadNumber
{
    private static readonly UncontrolledLock Guard = new();

    /// <summary>Numbers of threads that died. Guarded by <see cref="Guard"/>.</summary>
    private static readonly Stack<int> Free = new();

    /// <summary>The next number that was never used. Guarded by <see cref="Guard"/>.</summary>
    private static int Next = 1;

    /// <summary>The number of the calling thread, from 1; 0 as long as it has none.</summary>
    [ThreadStatic]
    private static int Number;

    [ThreadStatic]
    private static Lease? CurrentLease;

    /// <summary>The number of the calling thread, from 1.</summary>
    internal static int Current
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            int number = Number;
            return number != 0 ? number : Assign();
        }
    }

    /// <summary>The number of the calling thread, or 0 if nobody has asked for it yet.</summary>
    internal static int CurrentOrZero => Number;

    /// <summary>
    /// Gives the calling thread a number of the caller's choice: for a race checker, whose executions shall not depend on how many
    /// threads the process has. The thread touches nothing that threads outside of the checker use.
    /// </summary>
    /// <returns>The number that it had.</returns>
    internal static int Assume(int number)
    {
        int before = Number;
        Number = number;
        return before;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Assign()
    {
        using (Guard.EnterScope())
        {
            Number = Free.TryPop(out int free) ? free : Next++;
        }

        CurrentLease = new Lease(Number);
        return Number;
    }

    /// <summary>Dies with its thread and gives the number back.</summary>
    private sealed class Lease(int number)
    {
        ~Lease()
        {
            using (Guard.EnterScope())
            {
                Free.Push(number);
            }
        }
    }
}
