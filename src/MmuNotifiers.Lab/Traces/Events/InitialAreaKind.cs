namespace MmuNotifiers.Lab.Traces;

/// <summary>What an area holds that was there before the program's first instruction.</summary>
public enum InitialAreaKind
{
    /// <summary>A segment of the program or of its loader, backed by a file.</summary>
    FileSegment = 0,

    /// <summary>Anonymous memory: a segment's zero-filled end (bss).</summary>
    Anonymous = 1,

    /// <summary>The first thread's stack; it grows down.</summary>
    Stack = 2,

    /// <summary>The kernel's code for user space ([vdso]): shared frames that the kernel owns.</summary>
    Vdso = 3,

    /// <summary>The kernel's data for user space ([vvar] and its kin): read only, frames that the kernel owns.</summary>
    Vvar = 4,

    /// <summary>The heap of a process that was already running when the recording began.</summary>
    Heap = 5,
}
