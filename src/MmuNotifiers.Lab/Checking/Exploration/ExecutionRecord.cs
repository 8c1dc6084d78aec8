using MmuNotifiers.Lab.Checking.Scheduling;

namespace MmuNotifiers.Lab.Checking.Exploration;

/// <summary>One execution in full.</summary>
/// <param name="Schedule">Who made each step.</param>
/// <param name="Steps">The steps, with names and values.</param>
/// <param name="Notes">What the program said between them.</param>
/// <param name="Failure">How it failed, or null.</param>
internal sealed record ExecutionRecord(
    Schedule Schedule, IReadOnlyList<RecordedStep> Steps, IReadOnlyList<ScheduleNote> Notes, ExecutionFailure? Failure);
