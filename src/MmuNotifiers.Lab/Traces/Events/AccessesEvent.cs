using System.Collections.Immutable;

namespace MmuNotifiers.Lab.Traces;

/// <summary>
/// Accesses of a thread to pages, in their order, each page the program used and not only the first time. A recording that has them has all of them,
/// but for those that the importer's reduction leaves out (docs/trace-format.md); it has no page faults.
/// </summary>
/// <param name="Stamp">When the first of them happened and in which thread.</param>
/// <param name="Accesses">The accesses; at least one, at most <see cref="MostAccesses"/>.</param>
public sealed record AccessesEvent(TraceStamp Stamp, ImmutableArray<PageAccess> Accesses) : TraceEvent(Stamp)
{
    /// <summary>No event holds more accesses.</summary>
    public const int MostAccesses = 4096;

    /// <summary>Equal if stamp and each access are equal.</summary>
    /// <param name="other">The event to compare with.</param>
    public bool Equals(AccessesEvent? other) =>
        other is not null && Stamp == other.Stamp && Accesses.AsSpan().SequenceEqual(other.Accesses.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Stamp, Accesses.Length);
}
