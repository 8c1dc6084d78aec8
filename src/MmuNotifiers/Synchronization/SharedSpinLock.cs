using System.Runtime.CompilerServices;

namespace MmuNotifiers.Synchronization;

/// <summary>
/// A spin lock in one word, for native memory (the header of a page table) and for fields of hot objects. 0 is free, 1 is held.
/// Not recursive; its holder must not block, and calls back nobody but <see cref="ISecondaryTlb"/>.
/// </summary>
public static class SharedSpinLock
{
    /// <summary>How many locks the thread holds; kept only where <see cref="Checks.AreOn"/>, and by no race checker, which abandons threads.</summary>
    [ThreadStatic]
    private static int Held;

    /// <summary>Whether the calling thread holds a lock, as far as debug builds know; elsewhere false. For assertions.</summary>
    internal static bool IsAnyHeldByCurrentThread => Held > 0;

    /// <summary>Waits for the lock; yields the processor after a short spin.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Enter(ref int word, object? owner = null, [CallerMemberName] string step = "")
    {
        if (Shared.Controlled && ScheduleController.Current is { } controller)
        {
            controller.EnterLock(owner, SharedLocation.Of(in word, owner), step);
            return;
        }

        if (Interlocked.CompareExchange(ref word, 1, 0) != 0)
        {
            EnterContended(ref word);
        }

        Count(1);
    }

    /// <summary>Takes the lock if it is free.</summary>
    public static bool TryEnter(ref int word, object? owner = null, [CallerMemberName] string step = "")
    {
        if (Shared.Controlled && ScheduleController.Current is { } controller)
        {
            return controller.TryEnterLock(owner, SharedLocation.Of(in word, owner), step);
        }

        bool entered = Interlocked.CompareExchange(ref word, 1, 0) == 0;
        Count(entered ? 1 : 0);
        return entered;
    }

    /// <summary>Leaves the lock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Exit(ref int word, object? owner = null, [CallerMemberName] string step = "")
    {
        if (Shared.Controlled && ScheduleController.Current is { } controller)
        {
            controller.ExitLock(owner, SharedLocation.Of(in word, owner), step);
            return;
        }

        Volatile.Write(ref word, 0);
        Count(-1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Count(int change)
    {
        if (Checks.AreOn)
        {
            Held += change;
        }
    }

    private static void EnterContended(ref int word)
    {
        SpinWait spinner = default;
        do
        {
            spinner.SpinOnce(sleep1Threshold: -1);
        }
        while (Volatile.Read(ref word) != 0 || Interlocked.CompareExchange(ref word, 1, 0) != 0);
    }
}
