using System.Globalization;

namespace MmuNotifiers;

/// <summary>The number of a frame: one page of the memory that a primary MMU hands out.</summary>
/// <param name="Value">The number as the primary counts it.</param>
public readonly record struct FrameNumber(ulong Value) : IComparable<FrameNumber>
{
    /// <inheritdoc/>
    public int CompareTo(FrameNumber other) => Value.CompareTo(other.Value);

    /// <summary>The number in decimal: <c>frame 7</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"frame {Value}");

    /// <summary>Whether <paramref name="left"/> comes before <paramref name="right"/>.</summary>
    public static bool operator <(FrameNumber left, FrameNumber right) => left.Value < right.Value;

    /// <summary>Whether <paramref name="left"/> comes after <paramref name="right"/>.</summary>
    public static bool operator >(FrameNumber left, FrameNumber right) => left.Value > right.Value;

    /// <summary>Whether <paramref name="left"/> comes before <paramref name="right"/> or is the same.</summary>
    public static bool operator <=(FrameNumber left, FrameNumber right) => left.Value <= right.Value;

    /// <summary>Whether <paramref name="left"/> comes after <paramref name="right"/> or is the same.</summary>
    public static bool operator >=(FrameNumber left, FrameNumber right) => left.Value >= right.Value;
}
