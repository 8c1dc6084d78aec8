using System.Collections.Immutable;

namespace MmuNotifiers.Lab.Traces;

/// <summary>
/// The process has a new, fresh address space with these areas: execve succeeded, or the recording began with the process already
/// running. All other threads of the process are gone. The program break is not known here: the first <see cref="BreakCall"/> of the
/// process (the C library's loader asks with address 0) returns where it starts.
/// </summary>
/// <param name="Stamp">When and in which thread.</param>
/// <param name="Program">The program's name as the kernel keeps it (at most 15 bytes).</param>
/// <param name="Areas">The areas, by rising address, without overlaps.</param>
public sealed record ExecEvent(TraceStamp Stamp, string Program, ImmutableArray<InitialArea> Areas) : TraceEvent(Stamp)
{
    /// <summary>Equal if stamp, program and each area are equal.</summary>
    /// <param name="other">The event to compare with.</param>
    public bool Equals(ExecEvent? other) =>
        other is not null && Stamp == other.Stamp && Program == other.Program && Areas.AsSpan().SequenceEqual(other.Areas.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Stamp, Program, Areas.Length);
}
