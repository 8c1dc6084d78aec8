namespace MmuNotifiers.Lab.Checking;

/// <summary>A bracket of a timeline: a bar beside its rows.</summary>
/// <param name="Thread">The thread that opened it.</param>
/// <param name="Text">Event and range: <c>Unmap(0x11000..0x13000)</c>.</param>
/// <param name="FirstRow">The row in which it opens.</param>
/// <param name="LastRow">The row in which it closes, or the last one if it does not.</param>
public sealed record TimelineBracket(int Thread, string Text, int FirstRow, int LastRow);
