namespace MmuNotifiers.Swap;

/// <summary>Why a transfer to or from a file ended early.</summary>
internal enum PageFileError
{
    /// <summary>It did not.</summary>
    None = 0,

    /// <summary>The file ends there.</summary>
    EndOfFile,

    /// <summary>The file system, a quota or a limit of the process has no space (ENOSPC, EDQUOT, EFBIG).</summary>
    NoSpace,

    /// <summary>Anything else (EIO).</summary>
    Failed,
}
