namespace MmuNotifiers.Lab.Replay;

/// <summary>How far a replay is.</summary>
/// <param name="Done">Events performed.</param>
/// <param name="Total">Events altogether.</param>
/// <param name="Processes">Processes alive.</param>
public readonly record struct ReplayProgress(long Done, long Total, int Processes);
