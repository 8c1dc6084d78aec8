namespace MmuNotifiers.Lab.Checking.Scheduling;

/// <summary>A lock as the scheduler keeps it.</summary>
internal sealed class LockState
{
    /// <summary>The object that the lock is, or that its word is part of; null for a word in native memory.</summary>
    internal object? Owner { get; set; }

    /// <summary>The offset of the word in its owner, or its address.</summary>
    internal nint Location { get; set; }

    /// <summary>Who holds it, or null.</summary>
    internal ScheduledThread? Holder { get; set; }

    /// <summary>How often the holder has entered.</summary>
    internal int Depth { get; set; }

    /// <summary>Whether its holder may enter again.</summary>
    internal bool IsRecursive => Owner is Synchronization.SharedLock or Synchronization.SharedMonitor;

    /// <summary>Whether leaving it is a full fence: true for all but a spin lock, which is left by a plain store.</summary>
    internal bool FencesOnExit => IsRecursive;

    /// <summary>Whether a thread may enter now.</summary>
    internal bool IsFreeFor(ScheduledThread thread) => Holder is null || (Holder == thread && IsRecursive);

    /// <summary>Leaves wholly, to wait.</summary>
    /// <returns>For <see cref="EnterAgain"/>: how often the holder had entered.</returns>
    internal int LeaveWholly()
    {
        int depth = Depth;
        Holder = null;
        Depth = 0;
        return depth;
    }

    /// <summary>Enters as often as before <see cref="LeaveWholly"/>.</summary>
    internal void EnterAgain(ScheduledThread thread, int depth)
    {
        Holder = thread;
        Depth = depth;
    }

    /// <summary>Enters.</summary>
    internal void Enter(ScheduledThread thread)
    {
        Holder = thread;
        Depth++;
    }
}
