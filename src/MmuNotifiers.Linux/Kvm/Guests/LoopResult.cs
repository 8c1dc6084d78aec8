namespace MmuNotifiers.Linux.Kvm.Guests;

/// <summary>How a guest loop ended.</summary>
public readonly record struct LoopResult
{
    internal LoopResult(VirtualProcessorExit exit, ProcessorRegisters registers, ulong faultAddress)
    {
        Exit = exit;
        Registers = registers;
        FaultAddress = new VirtualAddress(faultAddress);
    }

    /// <summary>Why the processor came back.</summary>
    public VirtualProcessorExit Exit { get; }

    /// <summary>The registers then.</summary>
    public ProcessorRegisters Registers { get; }

    /// <summary>The linear address of the guest's last page fault.</summary>
    public VirtualAddress FaultAddress { get; }

    /// <summary>Whether it did all that it was asked, and found every page as it had left it.</summary>
    public bool IsComplete => Exit is { Kind: VirtualProcessorExitKind.PortWrite, Port: GuestPort.Done };

    /// <summary>What a loop that ends with a value ended with.</summary>
    public ulong Value => Registers.Rax;

    /// <summary>Whether the guest found a page that did not hold what it had written there.</summary>
    public bool FoundLostPage => Exit is { Kind: VirtualProcessorExitKind.PortWrite, Port: GuestPort.Lost };

    /// <summary>The exception that the guest raised; null if it raised none.</summary>
    public int? Exception => Exit.Kind == VirtualProcessorExitKind.PortWrite && Exit.Port >= GuestPort.FirstException
        ? Exit.Port - GuestPort.FirstException
        : null;

    /// <summary>The exit, and what tells most about it.</summary>
    public override string ToString() => FoundLostPage
        ? $"the page at {new VirtualAddress(Registers.Rdx)} does not hold what the guest wrote there"
        : Exception is { } vector ? $"exception {vector} at {new VirtualAddress(Registers.Rip)}, fault address {FaultAddress}" : $"{Exit}";
}
