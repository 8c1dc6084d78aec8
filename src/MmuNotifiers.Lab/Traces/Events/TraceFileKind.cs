namespace MmuNotifiers.Lab.Traces;

/// <summary>What stands behind a file mapping.</summary>
public enum TraceFileKind
{
    /// <summary>A regular file; its pages were in the page cache if the recording was made warm.</summary>
    Regular = 0,

    /// <summary>A shared memory object: tmpfs (/dev/shm), a memfd, or the object behind a shared anonymous mapping.</summary>
    SharedMemory = 1,

    /// <summary>A System V shared memory segment.</summary>
    SystemV = 2,

    /// <summary>/dev/zero: mapped private it is anonymous memory.</summary>
    DevZero = 3,

    /// <summary>Another device or an anonymous inode (for example io_uring): frames that its driver owns.</summary>
    Device = 4,

    /// <summary>The recording does not tell.</summary>
    Unknown = 5,
}
