namespace MmuNotifiers.Lab.Checking;

/// <summary>A translation that a thread got from the primary.</summary>
/// <param name="Page">The page; -1 for none.</param>
/// <param name="Frame">The frame.</param>
/// <param name="Ended">When it got it, in the judge's time.</param>
/// <param name="WentOn">When it made its first step with it; 0 before that.</param>
internal readonly record struct LookUp(int Page, FrameNumber Frame, int Ended, int WentOn);
