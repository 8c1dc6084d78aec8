namespace MmuNotifiers.Linux;

/// <summary>What became of an attempt to fill a missing page.</summary>
internal enum CopyResult
{
    /// <summary>It is there, and who waited for it goes on.</summary>
    Filled = 0,

    /// <summary>There was a page already.</summary>
    Exists,

    /// <summary>The kernel has no memory for it, for now.</summary>
    NoMemory,
}
