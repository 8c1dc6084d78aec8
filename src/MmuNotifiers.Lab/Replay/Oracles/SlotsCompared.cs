namespace MmuNotifiers.Lab.Replay.Oracles;

/// <summary>Which words of a page have one right value at the moment.</summary>
internal enum SlotsCompared
{
    /// <summary>All of them: no device is at work on the page.</summary>
    All,

    /// <summary>The program's: devices may be storing to theirs.</summary>
    Program,
}
