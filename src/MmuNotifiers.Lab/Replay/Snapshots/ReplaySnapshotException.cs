namespace MmuNotifiers.Lab.Replay;

/// <summary>The recording has no such process, or it has no address space at that moment; the message is one line that says what there is.</summary>
public sealed class ReplaySnapshotException : Exception
{
    /// <summary>Says that there is nothing to save.</summary>
    public ReplaySnapshotException()
        : this("The recording has no such process at that moment.")
    {
    }

    /// <summary>Says what there is instead.</summary>
    public ReplaySnapshotException(string message)
        : base(message)
    {
    }

    /// <summary>Says what there is instead, and what it came from.</summary>
    public ReplaySnapshotException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
