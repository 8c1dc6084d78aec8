namespace MmuNotifiers.Primary;

/// <summary>Why an address-space operation was refused, by the name and number that Linux on x86-64 gives.</summary>
public enum Errno
{
    /// <summary>It was not refused.</summary>
    None = 0,

    /// <summary>Operation not permitted.</summary>
    EPERM = 1,

    /// <summary>Input or output failed.</summary>
    EIO = 5,

    /// <summary>The object cannot be used for that.</summary>
    EBADF = 9,

    /// <summary>A limit on locked memory was passed, or the operation would have to wait.</summary>
    EAGAIN = 11,

    /// <summary>Not mapped, no address space left, too many areas, or no frames.</summary>
    ENOMEM = 12,

    /// <summary>The object was not opened for such access.</summary>
    EACCES = 13,

    /// <summary>An address of the caller's is not mapped.</summary>
    EFAULT = 14,

    /// <summary>The pages are locked or in use.</summary>
    EBUSY = 16,

    /// <summary>Something is mapped there, and replacing it was ruled out.</summary>
    EEXIST = 17,

    /// <summary>An argument is out of its range or contradicts another.</summary>
    EINVAL = 22,

    /// <summary>An object would become larger than any can be.</summary>
    EFBIG = 27,

    /// <summary>No space is left behind the object.</summary>
    ENOSPC = 28,

    /// <summary>A number does not fit.</summary>
    EOVERFLOW = 75,

    /// <summary>Not supported on this kind of mapping.</summary>
    EOPNOTSUPP = 95,
}
