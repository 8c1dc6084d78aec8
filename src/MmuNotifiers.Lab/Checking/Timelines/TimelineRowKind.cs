namespace MmuNotifiers.Lab.Checking;

/// <summary>What a row of a timeline is about.</summary>
public enum TimelineRowKind
{
    /// <summary>A thread begins an operation.</summary>
    Operation,

    /// <summary>A thread has ended an operation.</summary>
    Outcome,

    /// <summary>A step: an access to shared memory, a lock.</summary>
    Step,

    /// <summary>The primary has told a device a translation.</summary>
    LookUp,

    /// <summary>A subscriber is called, or returns.</summary>
    Callback,

    /// <summary>A bracket opens: every start has returned.</summary>
    BracketOpens,

    /// <summary>A bracket closes; its ends are told next.</summary>
    BracketCloses,

    /// <summary>Steps that are left out: nobody else touches what they touch.</summary>
    Folded,

    /// <summary>After the race.</summary>
    Epilogue,
}
