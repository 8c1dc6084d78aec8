using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux.Kvm;

/// <summary>The general registers of a virtual processor, laid out as struct kvm_regs.</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct ProcessorRegisters
{
    /// <summary>The register RAX.</summary>
    public ulong Rax { get; set; }

    /// <summary>The register RBX.</summary>
    public ulong Rbx { get; set; }

    /// <summary>The register RCX.</summary>
    public ulong Rcx { get; set; }

    /// <summary>The register RDX.</summary>
    public ulong Rdx { get; set; }

    /// <summary>The register RSI.</summary>
    public ulong Rsi { get; set; }

    /// <summary>The register RDI.</summary>
    public ulong Rdi { get; set; }

    /// <summary>The stack pointer.</summary>
    public ulong Rsp { get; set; }

    /// <summary>The register RBP.</summary>
    public ulong Rbp { get; set; }

    /// <summary>The register R8.</summary>
    public ulong R8 { get; set; }

    /// <summary>The register R9.</summary>
    public ulong R9 { get; set; }

    /// <summary>The register R10.</summary>
    public ulong R10 { get; set; }

    /// <summary>The register R11.</summary>
    public ulong R11 { get; set; }

    /// <summary>The register R12.</summary>
    public ulong R12 { get; set; }

    /// <summary>The register R13.</summary>
    public ulong R13 { get; set; }

    /// <summary>The register R14.</summary>
    public ulong R14 { get; set; }

    /// <summary>The register R15.</summary>
    public ulong R15 { get; set; }

    /// <summary>The instruction pointer.</summary>
    public ulong Rip { get; set; }

    /// <summary>The flags; bit 1 is always set.</summary>
    public ulong Rflags { get; set; }
}
