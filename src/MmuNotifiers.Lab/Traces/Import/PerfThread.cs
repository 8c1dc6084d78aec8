namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>What the importer knows of a thread.</summary>
/// <param name="processId">Its process.</param>
/// <param name="threadId">Its id.</param>
internal sealed class PerfThread(int processId, int threadId)
{
    public int ProcessId { get; set; } = processId;

    public int ThreadId { get; } = threadId;

    /// <summary>The call that it is in, null outside of calls.</summary>
    public PendingCall? Call { get; set; }

    /// <summary>The flags of the clone or fork that it is in, null if they are not known.</summary>
    public LinuxCloneFlags? CloneFlags { get; set; }

    /// <summary>A child that it made and whose flags are still to come.</summary>
    public PendingFork? Fork { get; set; }

    /// <summary>The execve whose areas are being collected.</summary>
    public PendingExec? Exec { get; set; }
}
