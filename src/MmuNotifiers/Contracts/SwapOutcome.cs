namespace MmuNotifiers;

/// <summary>How the transfer of one page to or from an <see cref="ISwapStore"/> ended.</summary>
public enum SwapOutcome
{
    /// <summary>Not transferred yet.</summary>
    Pending = 0,

    /// <summary>The page is stored, or its bytes are there.</summary>
    Success,

    /// <summary>The store is full (ENOSPC, maxmemory): the page stays in memory, and others may fit later.</summary>
    NoSpace,

    /// <summary>The medium refused (EIO): the page stays in memory, or cannot be read.</summary>
    IoError,

    /// <summary>No answer within the store's time (a server is gone, a wait was cancelled): it may come back.</summary>
    Unavailable,

    /// <summary>What was read is not what was written: the checksum does not fit.</summary>
    Corrupt,

    /// <summary>The slot holds nothing any more, though it was written: the page is gone for good.</summary>
    Lost,
}
