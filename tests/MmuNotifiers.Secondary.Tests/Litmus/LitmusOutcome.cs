namespace MmuNotifiers.Secondary.Tests;

/// <summary>What a run showed.</summary>
/// <param name="Steps">Sections of accesses, all devices together.</param>
/// <param name="Replaced">How often the primary moved a page to another frame.</param>
/// <param name="Poisoned">Words read from freed frames.</param>
/// <param name="Lost">Additions that are missing in the pages, or there without having been made.</param>
internal readonly record struct LitmusOutcome(long Steps, long Replaced, long Poisoned, long Lost)
{
    internal bool IsStale => Poisoned != 0 || Lost != 0;
}
