namespace MmuNotifiers.Linux.Kvm;

/// <summary>What the kernel does with a memory slot besides giving it to the guest.</summary>
public enum MemorySlotKind
{
    /// <summary>The guest reads and writes.</summary>
    ReadWrite,

    /// <summary>The guest reads and writes, and the kernel remembers which pages it wrote to.</summary>
    LogsDirtyPages,

    /// <summary>The guest reads; a write leaves the guest as <see cref="VirtualProcessorExitKind.DeviceWrite"/>.</summary>
    ReadOnly,
}
