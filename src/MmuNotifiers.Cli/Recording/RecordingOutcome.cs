using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Cli.Recording;

/// <summary>How a recording ended.</summary>
/// <param name="Import">What was written; null if there is no trace.</param>
/// <param name="Problem">Why there is no trace, or why it may not be whole; null if all is well.</param>
/// <param name="ProgramExitCode">The exit code of the recorded program.</param>
internal sealed record RecordingOutcome(TraceImportResult? Import, string? Problem, int ProgramExitCode);
