namespace MmuNotifiers.Linux.Kvm.Programs;

/// <summary>The signals that end a program here, by Linux' numbers on x86-64.</summary>
public enum GuestSignal
{
    /// <summary>None: it ended by itself.</summary>
    None = 0,

    /// <summary>SIGINT: the caller asked it to end.</summary>
    Interrupt = 2,

    /// <summary>SIGILL: an instruction that the processor does not have.</summary>
    IllegalInstruction = 4,

    /// <summary>SIGTRAP: a breakpoint.</summary>
    Trap = 5,

    /// <summary>SIGABRT: it gave itself up.</summary>
    Abort = 6,

    /// <summary>SIGBUS: a page of its memory is lost.</summary>
    Bus = 7,

    /// <summary>SIGFPE: a division by zero, or arithmetic that it had unmasked.</summary>
    FloatingPoint = 8,

    /// <summary>SIGKILL: memory is out.</summary>
    Kill = 9,

    /// <summary>SIGSEGV: an access that it may not make.</summary>
    Segmentation = 11,

    /// <summary>SIGPIPE: nobody reads what it writes.</summary>
    Pipe = 13,

    /// <summary>SIGXCPU: its time is up.</summary>
    ProcessorTime = 24,
}
