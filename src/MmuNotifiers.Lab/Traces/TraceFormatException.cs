using System.Globalization;

namespace MmuNotifiers.Lab.Traces;

/// <summary>
/// A trace, or a text that should become one, is not what it must be. The message is one line: the file, the offset or the line, and what was
/// expected there.
/// </summary>
public sealed class TraceFormatException : Exception
{
    private TraceFormatException(string message, string file, long? offset, long? line, Exception? inner)
        : base(message, inner)
    {
        File = file;
        Offset = offset;
        Line = line;
    }

    /// <summary>The file's name.</summary>
    public string File { get; }

    /// <summary>Where in a binary file, in bytes from its start.</summary>
    public long? Offset { get; }

    /// <summary>Where in a text, counted from 1.</summary>
    public long? Line { get; }

    internal static TraceFormatException AtOffset(string file, long offset, string problem, Exception? inner = null) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{file}: offset 0x{offset:x}: {problem}"), file, offset, null, inner);

    internal static TraceFormatException AtLine(string file, long line, string problem) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{file}: line {line}: {problem}"), file, null, line, null);
}
