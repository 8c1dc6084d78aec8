namespace MmuNotifiers.Lab.Replay;

/// <summary>Where the devices of a replay run.</summary>
public enum DeviceMode
{
    /// <summary>
    /// Between the program's operations, on the same thread: the same seed gives the same run, and every access has one right answer.
    /// </summary>
    Interleaved,

    /// <summary>On a thread for each kind of secondary, at the same time as the program.</summary>
    Concurrent,
}
