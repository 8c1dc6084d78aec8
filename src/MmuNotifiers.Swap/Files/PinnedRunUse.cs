namespace MmuNotifiers.Swap;

/// <summary>What a <see cref="PinnedRun"/> is pinned for.</summary>
internal enum PinnedRunUse
{
    /// <summary>The pages are filled from the file.</summary>
    Read,

    /// <summary>The pages are written to the file.</summary>
    Write,
}
