namespace MmuNotifiers.Linux;

/// <summary>What became of an attempt to make a page resident.</summary>
internal enum FaultStep
{
    /// <summary>It is.</summary>
    Resident = 0,

    /// <summary>One thread has it; when that is done, it is to be tried again.</summary>
    Busy,

    /// <summary>No frame is free: one has to be made so, and then it is to be tried again.</summary>
    NeedsFrame,

    /// <summary>It was put into the caller's batch, which the caller has to fetch.</summary>
    MustBeRead,

    /// <summary>It cannot be read any more.</summary>
    Lost,

    /// <summary>There is a frame, but the kernel has no memory: later.</summary>
    NoMemory,
}
