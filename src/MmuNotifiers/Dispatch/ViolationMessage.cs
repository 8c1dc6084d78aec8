using System.Runtime.CompilerServices;

namespace MmuNotifiers;

/// <summary>
/// The message of a broken invariant, put together only if the invariant is broken: checks on fast paths cost their condition.
/// </summary>
[InterpolatedStringHandler]
internal ref struct ViolationMessage
{
    private DefaultInterpolatedStringHandler _text;

    /// <summary>Called by the compiler with what <see cref="InvariantViolationException.ThrowIf(bool, ref ViolationMessage)"/> was given.</summary>
    public ViolationMessage(int literalLength, int formattedCount, bool violated, out bool isWanted)
    {
        isWanted = violated;
        _text = violated ? new DefaultInterpolatedStringHandler(literalLength, formattedCount) : default;
    }

    /// <summary>Adds a part of the text.</summary>
    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    /// <summary>Adds a value.</summary>
    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    /// <summary>Adds a value in a format.</summary>
    public void AppendFormatted<T>(T value, string? format) => _text.AppendFormatted(value, format);

    internal string Take() => _text.ToStringAndClear();
}
