namespace MmuNotifiers.Benchmarks.Peers;

/// <summary>One path of ours beside the same work done by a peer.</summary>
/// <param name="Path">What is done, as the report names it.</param>
/// <param name="Measure">Runs our side once.</param>
/// <param name="PeerMeasurement">The peer's name for it, or null if the peer has none.</param>
/// <param name="Goal">At most this part of the peer's time, or zero if the goal is a time.</param>
/// <param name="GoalNanoseconds">At most this time, or zero.</param>
internal sealed record Comparison(
    string Path, Func<Sample> Measure, string? PeerMeasurement, double Goal = 0, double GoalNanoseconds = 0);
