namespace MmuNotifiers.Lab.Checking;

/// <summary>Something that happened between two steps.</summary>
/// <param name="StepsBefore">How many steps had been begun.</param>
/// <param name="Thread">Whose; -1 before the race and after it.</param>
/// <param name="Kind">What.</param>
/// <param name="Text">In words.</param>
/// <param name="Bracket">The bracket that it is about, or null.</param>
internal sealed record TimelineNote(int StepsBefore, int Thread, TimelineNoteKind Kind, string Text, BracketRecord? Bracket);
