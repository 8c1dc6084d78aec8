namespace MmuNotifiers.Lab.Replay.Oracles;

/// <summary>Why a recorded fault did not match.</summary>
internal enum FaultMismatch
{
    /// <summary>It matched.</summary>
    None = 0,

    /// <summary>The page was mapped here by fault-around, and was not in the page cache, or was locked, when it was recorded.</summary>
    NotCached,

    /// <summary>The kernel had written the page of a shared file mapping back and write-protected it.</summary>
    WrittenBack,

    /// <summary>The kernel had taken the page away without a call of the program: reclaim, migration, compaction.</summary>
    TakenByKernel,

    /// <summary>The page was present on the recorded machine: the kernel had brought it in by itself, inside a system call.</summary>
    PresentThere,

    /// <summary>The page is present here, and was not on the recorded machine.</summary>
    PresentHere,

    /// <summary>A device, running beside the program, had faulted the page in first.</summary>
    DeviceFirst,

    /// <summary>Nothing is mapped here at the address: the recording lacks a call, or the program was wrong.</summary>
    NotMapped,

    /// <summary>The access was refused here although the area allows it.</summary>
    RefusedHere,
}
