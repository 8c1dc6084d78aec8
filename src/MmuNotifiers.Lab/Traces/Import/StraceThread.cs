namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>What the importer knows of a thread.</summary>
/// <param name="process">Its process.</param>
/// <param name="threadId">Its id.</param>
internal sealed class StraceThread(StraceProcess process, int threadId)
{
    public StraceProcess Process { get; set; } = process;

    public int ThreadId { get; } = threadId;

    /// <summary>The call that it has not returned from, null outside of calls.</summary>
    public string? UnfinishedCall { get; set; }

    /// <summary>The arguments of that call as far as they were shown.</summary>
    public string UnfinishedArguments { get; set; } = string.Empty;

    /// <summary>True if the child of the unfinished fork has been heard of already.</summary>
    public bool ChildAppeared { get; set; }
}
