using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux.Kvm.Native;

/// <summary>The C library's struct sigaction on x86-64, which glibc and musl lay out alike.</summary>
[StructLayout(LayoutKind.Explicit, Size = 152)]
internal struct SignalAction
{
    [FieldOffset(0)]
    public nint Handler;

    /// <summary>SA_* bits; the mask of 128 bytes before them stays empty.</summary>
    [FieldOffset(136)]
    public int Flags;
}
