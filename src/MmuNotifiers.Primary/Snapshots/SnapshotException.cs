namespace MmuNotifiers.Primary;

/// <summary>A snapshot could not be saved or loaded; the message is one line that says what is in the way.</summary>
public class SnapshotException : Exception
{
    /// <summary>Says that a snapshot could not be saved or loaded.</summary>
    public SnapshotException()
        : this("The snapshot could not be saved or loaded.")
    {
    }

    /// <summary>Says what is in the way.</summary>
    public SnapshotException(string message)
        : base(message)
    {
    }

    /// <summary>Says what is in the way, and what it came from.</summary>
    public SnapshotException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
