using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux.Kvm;

/// <summary>Segments, tables and control registers of a virtual processor, laid out as struct kvm_sregs.</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct SpecialRegisters
{
    /// <summary>The code segment.</summary>
    public ProcessorSegment Cs { get; set; }

    /// <summary>The data segment.</summary>
    public ProcessorSegment Ds { get; set; }

    /// <summary>The extra segment.</summary>
    public ProcessorSegment Es { get; set; }

    /// <summary>The segment FS, whose base threads use.</summary>
    public ProcessorSegment Fs { get; set; }

    /// <summary>The segment GS.</summary>
    public ProcessorSegment Gs { get; set; }

    /// <summary>The stack segment.</summary>
    public ProcessorSegment Ss { get; set; }

    /// <summary>The task register.</summary>
    public ProcessorSegment Tr { get; set; }

    /// <summary>The local descriptor table.</summary>
    public ProcessorSegment Ldt { get; set; }

    /// <summary>The global descriptor table.</summary>
    public DescriptorTable Gdt { get; set; }

    /// <summary>The interrupt descriptor table.</summary>
    public DescriptorTable Idt { get; set; }

    /// <summary>The control register CR0.</summary>
    public ulong Cr0 { get; set; }

    /// <summary>The address of the last page fault.</summary>
    public ulong Cr2 { get; set; }

    /// <summary>The guest-physical address of the top page table.</summary>
    public ulong Cr3 { get; set; }

    /// <summary>The control register CR4.</summary>
    public ulong Cr4 { get; set; }

    /// <summary>The task priority.</summary>
    public ulong Cr8 { get; set; }

    /// <summary>The extended features: long mode, no-execute, syscall.</summary>
    public ulong Efer { get; set; }

    /// <summary>Where the interrupt controller lies.</summary>
    public ulong ApicBase { get; set; }

    /// <summary>The interrupt that waits to be delivered, as a bitmap of 256; the lowest quarter.</summary>
    public ulong PendingInterrupts0 { get; set; }

    /// <summary>The second quarter of the bitmap.</summary>
    public ulong PendingInterrupts1 { get; set; }

    /// <summary>The third quarter of the bitmap.</summary>
    public ulong PendingInterrupts2 { get; set; }

    /// <summary>The highest quarter of the bitmap.</summary>
    public ulong PendingInterrupts3 { get; set; }
}
