using System.Globalization;

namespace MmuNotifiers.Lab.Conformance;

/// <summary>A file of conformance cases does not have the form that it should.</summary>
public sealed class ConformanceFormatException : Exception
{
    /// <summary>Reports what was expected and where.</summary>
    /// <param name="source">The file.</param>
    /// <param name="line">The line, counted from 1.</param>
    /// <param name="expected">What is wrong with it.</param>
    public ConformanceFormatException(string source, int line, string expected)
        : base(string.Create(CultureInfo.InvariantCulture, $"{source}:{line}: {expected}"))
    {
        Line = line;
    }

    /// <summary>The line, counted from 1.</summary>
    public int Line { get; }
}
