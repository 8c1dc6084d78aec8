namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>What a time of strace counts from.</summary>
internal enum StraceTimeFormat
{
    /// <summary>-t and -tt: midnight.</summary>
    TimeOfDay,

    /// <summary>-ttt: 1970.</summary>
    Epoch,

    /// <summary>-r: the line before.</summary>
    Relative,
}
