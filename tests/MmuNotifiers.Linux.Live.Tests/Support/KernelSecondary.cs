using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux.Live.Tests.Support;

/// <summary>
/// The kernel's own secondary MMU over memory of this process: a virtual machine of KVM with a slot over it and no processor. While it lives, the kernel
/// calls its notifier, and the tracepoints tell.
/// </summary>
internal sealed unsafe class KernelSecondary : IDisposable
{
    private const uint CreateMachine = 0xAE01;
    private const uint SetSlot = 0x4020_AE46;
    private const ulong GuestStart = 1UL << 30;

    private readonly FileDescriptor _machine;

    /// <summary>Makes one over a window, or over nothing.</summary>
    internal KernelSecondary(AddressRange? window = null)
    {
        using FileDescriptor machines = FileDescriptor.Open("/dev/kvm", Libc.OpenReadWrite);
        _machine = FileDescriptor.Own(Libc.Control(machines, CreateMachine, (nint)0), "ioctl(KVM_CREATE_VM)");
        if (window is not { } range)
        {
            return;
        }

        // SAFETY: a structure of the stack, which the kernel reads.
        Slot slot = new() { GuestAddress = GuestStart, LengthBytes = range.LengthBytes, HostAddress = range.Start.Value };
        LinuxException.ThrowIfFailed(Libc.Control(_machine, SetSlot, &slot), "ioctl(KVM_SET_USER_MEMORY_REGION)", range);
    }

    /// <inheritdoc/>
    public void Dispose() => _machine.Dispose();

    [StructLayout(LayoutKind.Sequential)]
    private struct Slot
    {
        internal uint Number;
        internal uint Flags;
        internal ulong GuestAddress;
        internal ulong LengthBytes;
        internal ulong HostAddress;
    }
}
