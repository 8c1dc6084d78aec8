namespace MmuNotifiers.Linux;

/// <summary>How far a page has come on its way out.</summary>
internal enum EvictionFate : byte
{
    /// <summary>Chosen; still in the window and may still be written.</summary>
    Chosen = 0,

    /// <summary>Nobody can change its bytes any more.</summary>
    Taken,

    /// <summary>The kernel holds on to it (a pin of its own): it stays.</summary>
    Stays,

    /// <summary>It was not there: somebody discarded it past this library.</summary>
    Absent,

    /// <summary>The store has it, or nobody needs to: it may leave the window.</summary>
    Leaves,

    /// <summary>It could not be written, or is wanted again: it goes back.</summary>
    GoesBack,
}
