namespace MmuNotifiers.Linux;

/// <summary>Whether a page that was brought in is kept.</summary>
internal enum Hold
{
    /// <summary>It may go at once: the caller has a protocol of its own.</summary>
    None = 0,

    /// <summary>For the moment of an access.</summary>
    Access,

    /// <summary>Until it is unpinned.</summary>
    Pin,
}
