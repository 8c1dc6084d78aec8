namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>A child whose FORK record was read; the tracepoint that tells the flags stands behind it.</summary>
/// <param name="Slot">Where the fork stands.</param>
/// <param name="ChildProcessId">The child's process.</param>
/// <param name="ChildThreadId">The child's thread.</param>
internal sealed record PendingFork(EventSlot Slot, int ChildProcessId, int ChildThreadId)
{
    public void Settle(LinuxCloneFlags flags) => Slot.Settle(new ForkEvent(Slot.Stamp, ChildProcessId, ChildThreadId, flags));
}
