namespace MmuNotifiers;

/// <summary>How an access or a fault ended. Everything but <see cref="Success"/> leaves the faulting page as it was.</summary>
public enum FaultResult
{
    /// <summary>The translation is there with the rights asked for.</summary>
    Success = 0,

    /// <summary>Nothing is mapped at the address: SIGSEGV with SEGV_MAPERR.</summary>
    NotMapped,

    /// <summary>The area does not allow the access: SIGSEGV with SEGV_ACCERR.</summary>
    AccessDenied,

    /// <summary>The object has no such page (beyond its end), it could not be read, or it was taken away for want of memory: SIGBUS.</summary>
    BusError,

    /// <summary>No frame can be had, and none can be evicted.</summary>
    OutOfMemory,

    /// <summary>It would have had to block, and the caller asked not to.</summary>
    WouldBlock,
}
