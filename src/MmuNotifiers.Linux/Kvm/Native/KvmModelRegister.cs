using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux.Kvm.Native;

/// <summary>struct kvm_msrs with one struct kvm_msr_entry.</summary>
[StructLayout(LayoutKind.Explicit, Size = 24)]
internal struct KvmModelRegister
{
    /// <summary>IA32_STAR: the selectors of syscall and sysret.</summary>
    public const uint Star = 0xc0000081;

    /// <summary>IA32_LSTAR: where syscall goes.</summary>
    public const uint LongStar = 0xc0000082;

    /// <summary>IA32_FMASK: the flags that syscall clears.</summary>
    public const uint FlagMask = 0xc0000084;

    [FieldOffset(0)]
    public uint Count;

    [FieldOffset(8)]
    public uint Index;

    [FieldOffset(16)]
    public ulong Value;
}
