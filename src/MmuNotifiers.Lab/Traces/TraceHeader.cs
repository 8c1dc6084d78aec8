using System.Collections.Immutable;

namespace MmuNotifiers.Lab.Traces;

/// <summary>What stands at the head of a trace: where it comes from and on what it was recorded.</summary>
public sealed record TraceHeader
{
    /// <summary>Where the trace comes from.</summary>
    public required TraceOrigin Origin { get; init; }

    /// <summary>The command that was recorded, argument by argument; empty if unknown.</summary>
    public ImmutableArray<string> Command { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>When the recording began, if known.</summary>
    public DateTimeOffset? RecordedAt { get; init; }

    /// <summary>What the trace was made with, for example <c>perf version 6.1.187</c>; null if unknown.</summary>
    public string? Recorder { get; init; }

    /// <summary>The host, as far as known.</summary>
    public TraceHost Host { get; init => field = value ?? new TraceHost(); } = new();

    /// <summary>By which rule accesses were made up (<see cref="TouchEvent"/>); null where none were.</summary>
    public string? TouchRule { get; init; }

    /// <summary>What a reader of the trace should know beyond this, one sentence each.</summary>
    public ImmutableArray<string> Notes { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Equal if every field is, lists by their items.</summary>
    /// <param name="other">The header to compare with.</param>
    public bool Equals(TraceHeader? other) =>
        other is not null
        && Origin == other.Origin
        && Command.AsSpan().SequenceEqual(other.Command.AsSpan())
        && RecordedAt == other.RecordedAt
        && Recorder == other.Recorder
        && Host == other.Host
        && TouchRule == other.TouchRule
        && Notes.AsSpan().SequenceEqual(other.Notes.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Origin, Command.Length, RecordedAt, Recorder, Host, TouchRule);
}
