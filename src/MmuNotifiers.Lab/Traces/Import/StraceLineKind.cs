namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>What a line of strace shows.</summary>
internal enum StraceLineKind
{
    /// <summary>A call and its result.</summary>
    Call,

    /// <summary>A call that had not returned when another thread's line came between.</summary>
    Unfinished,

    /// <summary>The rest of an unfinished call.</summary>
    Resumed,

    /// <summary>The thread's end.</summary>
    Exit,

    /// <summary>A signal, or a remark of strace itself.</summary>
    Other,
}
