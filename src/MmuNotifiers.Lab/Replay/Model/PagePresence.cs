namespace MmuNotifiers.Lab.Replay.Model;

/// <summary>What the program may do to a page without a fault, as far as the recording tells.</summary>
internal enum PagePresence
{
    /// <summary>The page is gone; what is at its address now, this does not say.</summary>
    Gone = 0,

    /// <summary>The page is present and its area allows no access.</summary>
    NoAccess,

    /// <summary>Loads find it.</summary>
    Readable,

    /// <summary>Loads and stores find it.</summary>
    Writable,
}
