using System.Globalization;

namespace MmuNotifiers.Primary;

/// <summary>A file is no snapshot, or is torn or corrupt. The message is one line: file, offset, what was expected there.</summary>
public sealed class SnapshotFormatException : SnapshotException
{
    /// <summary>Says where a snapshot is broken.</summary>
    /// <param name="file">The file's name.</param>
    /// <param name="offset">The offset in bytes.</param>
    /// <param name="problem">What was expected there, and what was found.</param>
    public SnapshotFormatException(string file, long offset, string problem)
        : base(string.Create(CultureInfo.InvariantCulture, $"{file}: at byte {offset}: {problem}"))
    {
        File = file;
        Offset = offset;
    }

    /// <summary>Says that a snapshot is broken.</summary>
    public SnapshotFormatException()
        : this(string.Empty, 0, "expected a snapshot")
    {
    }

    /// <summary>Says why a snapshot is broken.</summary>
    public SnapshotFormatException(string message)
        : base(message) => File = string.Empty;

    /// <summary>Says why a snapshot is broken, and what it came from.</summary>
    public SnapshotFormatException(string message, Exception? innerException)
        : base(message, innerException) => File = string.Empty;

    /// <summary>The file.</summary>
    public string File { get; }

    /// <summary>Where in the file it was noticed, in bytes from its start.</summary>
    public long Offset { get; }
}
