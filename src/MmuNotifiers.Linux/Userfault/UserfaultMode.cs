namespace MmuNotifiers.Linux;

/// <summary>Which faults of a range are reported (UFFDIO_REGISTER_MODE_*).</summary>
[Flags]
internal enum UserfaultMode : ulong
{
    /// <summary>There is no page.</summary>
    Missing = 1,

    /// <summary>A store to a page that is write-protected.</summary>
    WriteProtect = 2,

    /// <summary>There is a page in the page cache, but no translation.</summary>
    Minor = 4,
}
