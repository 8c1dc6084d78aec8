namespace MmuNotifiers.Linux.Kvm.Programs.Memory;

/// <summary>What a program's page fault comes to.</summary>
internal enum GuestFault
{
    /// <summary>The page has a frame and the right: the program goes on.</summary>
    Served,

    /// <summary>Nothing is mapped there: SIGSEGV.</summary>
    NotMapped,

    /// <summary>The program may not do that there: SIGSEGV.</summary>
    Denied,

    /// <summary>There is no frame or no room for a page table: SIGKILL, as Linux ends a program when memory is out.</summary>
    OutOfMemory,
}
