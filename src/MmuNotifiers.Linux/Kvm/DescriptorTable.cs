using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux.Kvm;

/// <summary>Where a descriptor table lies, laid out as struct kvm_dtable.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
public record struct DescriptorTable
{
    [FieldOffset(0)]
    private ulong _base;

    [FieldOffset(8)]
    private ushort _limit;

    /// <summary>Its linear address.</summary>
    public ulong Base { readonly get => _base; set => _base = value; }

    /// <summary>The offset of its last byte.</summary>
    public ushort Limit { readonly get => _limit; set => _limit = value; }
}
