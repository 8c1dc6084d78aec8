using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux.Kvm.Native;

/// <summary>struct kvm_dirty_log.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal unsafe struct KvmDirtyLog
{
    [FieldOffset(0)]
    public uint Slot;

    /// <summary>Receives one bit for each page, in words of 64.</summary>
    [FieldOffset(8)]
    public ulong* Bitmap;
}
