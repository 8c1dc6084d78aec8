namespace MmuNotifiers.Lab.Checking;

/// <summary>What happened between two steps.</summary>
internal enum TimelineNoteKind
{
    OperationBegins,
    OperationEnds,
    LookedUp,
    CallbackBegins,
    CallbackEnds,
    BracketOpens,
    BracketCloses,
    Broken,
}
