namespace MmuNotifiers.Lab.Checking.Scheduling;

/// <summary>Something that the program under test said about itself while it was recorded: an operation begins, a bracket ends.</summary>
/// <param name="StepsBefore">How many entries of the record precede it.</param>
/// <param name="Thread">The thread that said it.</param>
/// <param name="Content">What it said.</param>
internal readonly record struct ScheduleNote(int StepsBefore, int Thread, object Content);
