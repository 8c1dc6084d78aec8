using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux.Kvm.Native;

/// <summary>struct kvm_userspace_memory_region.</summary>
[StructLayout(LayoutKind.Explicit, Size = 32)]
internal struct KvmMemorySlot
{
    /// <summary>KVM_MEM_LOG_DIRTY_PAGES.</summary>
    public const uint LogDirtyPages = 1;

    /// <summary>KVM_MEM_READONLY.</summary>
    public const uint ReadOnly = 2;

    [FieldOffset(0)]
    public uint Number;

    [FieldOffset(4)]
    public uint Flags;

    [FieldOffset(8)]
    public ulong GuestAddress;

    /// <summary>0 deletes the slot.</summary>
    [FieldOffset(16)]
    public ulong LengthBytes;

    [FieldOffset(24)]
    public ulong HostAddress;
}
