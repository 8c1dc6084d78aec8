using System.Runtime.CompilerServices;

namespace MmuNotifiers.Synchronization;

/// <summary>
/// A spin lock in one word, for native memory (the header of a page table) and for fields of hot objects. 0 is free, 1 is held.
/// Not recursive; its holder must not block, and calls back nobody but <see cref="ISecondaryTlb"/>.
/// </summary>
public static class SharedSpinLock
{
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
    }

    /// <summary>Takes the lock if it is free.</summary>
    public static bool TryEnter(ref int word, object? owner = null, [CallerMemberName] string step = "") =>
        Shared.Controlled && ScheduleController.Current is { } controller
            ? controller.TryEnterLock(owner, SharedLocation.Of(in word, owner), step)
            : Interlocked.CompareExchange(ref word, 1, 0) == 0;

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
