namespace MmuNotifiers.Lab.Traces;

/// <summary>
/// A page fault that the processor raised. A fault that the kernel meets in a system call (copying to or from user memory) is one of
/// these, without <see cref="PageFaultError.User"/>. Accesses that find their page do not fault and are not in a trace; neither are pages that the kernel
/// brings in without a fault (MAP_POPULATE, mlock, get_user_pages, the argument pages of execve).
/// </summary>
/// <param name="Stamp">When and in which thread.</param>
/// <param name="Address">The address that was accessed, with its offset in the page.</param>
/// <param name="Error">The processor's error code.</param>
public sealed record PageFaultEvent(TraceStamp Stamp, VirtualAddress Address, PageFaultError Error) : TraceEvent(Stamp)
{
    /// <summary>True if the fault was met in kernel mode, in a system call or in execve.</summary>
    public bool InKernel => (Error & PageFaultError.User) == 0;

    /// <summary>True if the access was a write.</summary>
    public bool IsWrite => (Error & PageFaultError.Write) != 0;

    /// <summary>True if the page was present and its protection forbade the access, as in a break of copy-on-write.</summary>
    public bool WasPresent => (Error & PageFaultError.Present) != 0;
}
