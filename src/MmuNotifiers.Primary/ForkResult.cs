namespace MmuNotifiers.Primary;

/// <summary>How an attempt at fork ended.</summary>
internal enum ForkResult
{
    /// <summary>The child is complete.</summary>
    Done,

    /// <summary>There were too few frames for the copies of pinned pages.</summary>
    NeedsFrames,

    /// <summary>The address space was reaped, so that nobody knows what its pages were.</summary>
    Reaped,
}
