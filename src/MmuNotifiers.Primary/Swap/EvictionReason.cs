namespace MmuNotifiers.Primary;

/// <summary>Why pages are evicted.</summary>
public enum EvictionReason
{
    /// <summary>Somebody needs a frame and there is none.</summary>
    Pressure,

    /// <summary>Few frames are left, and the background thread sees to it that nobody has to wait for one.</summary>
    Background,

    /// <summary>An address space has more pages in memory than it may have.</summary>
    SpaceLimit,

    /// <summary>Somebody said that the pages are not needed for now: madvise(MADV_PAGEOUT).</summary>
    Advice,
}
