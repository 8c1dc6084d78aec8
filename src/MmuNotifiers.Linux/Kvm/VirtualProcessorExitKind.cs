namespace MmuNotifiers.Linux.Kvm;

/// <summary>Why a virtual processor came back to the monitor.</summary>
public enum VirtualProcessorExitKind
{
    /// <summary>Somebody called <see cref="VirtualProcessor.Kick"/>.</summary>
    Kicked,

    /// <summary>The guest wrote to an I/O port; the next run continues behind the instruction.</summary>
    PortWrite,

    /// <summary>The guest reads an I/O port and gets what <see cref="VirtualProcessor.AnswerRead"/> was given before the next run.</summary>
    PortRead,

    /// <summary>The guest wrote to physical memory that no slot covers, or to a read-only slot.</summary>
    DeviceWrite,

    /// <summary>The guest reads physical memory that no slot covers; answered like <see cref="PortRead"/>.</summary>
    DeviceRead,

    /// <summary>The guest waits for an interrupt.</summary>
    Halt,

    /// <summary>A fault while a fault was delivered: the guest cannot go on (triple fault).</summary>
    Shutdown,

    /// <summary>A slot has no memory behind the address any more; the guest can go on if it gets some.</summary>
    NoMemory,

    /// <summary>A page of the guest's memory is lost: whoever serves it could not give it back. Every processor is told, and again at each access.</summary>
    LostMemory,

    /// <summary>The processor's state is one that the hardware or the kernel does not enter.</summary>
    FailedEntry,

    /// <summary>The kernel could not go on, most often with an instruction that it does not emulate.</summary>
    InternalError,

    /// <summary>A reason that this monitor does not know.</summary>
    Unknown,
}
