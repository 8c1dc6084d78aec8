using System.Runtime.InteropServices;
using MmuNotifiers.Linux.Kvm.Native;

namespace MmuNotifiers.Linux.Kvm;

/// <summary>The page that the kernel shares, and the registers that are set once.</summary>
public sealed unsafe partial class VirtualProcessor
{
    /// <summary>Tells the guest what its processor can do (cpuid). Before the first run.</summary>
    internal void SetFeatures(ref KvmFeatures features)
    {
        fixed (KvmFeatures* pointer = &features)
        {
            // SAFETY: as many entries as the count says, pinned for the length of the call.
            _ = LinuxException.ThrowIfFailed(Libc.Control(_descriptor, KvmRequest.SetFeatures, pointer), "ioctl(KVM_SET_CPUID2)");
        }
    }

    /// <summary>Sets a register of those that wrmsr sets.</summary>
    internal void SetModelRegister(uint index, ulong value)
    {
        // SAFETY: a structure of the stack with the one entry that its count says.
        KvmModelRegister register = new() { Count = 1, Index = index, Value = value };
        if (Libc.Control(_descriptor, KvmRequest.SetModelRegisters, &register) != 1)
        {
            throw new LinuxException($"ioctl(KVM_SET_MSRS 0x{index:x})", Marshal.GetLastPInvokeError());
        }
    }

    private VirtualProcessorExit Decode()
    {
        ExitReason reason = (ExitReason)Field<uint>(RunPage.ExitReason);
        return reason switch
        {
            ExitReason.Port => DecodePort(),
            ExitReason.Memory => DecodeDevice(),
            ExitReason.Halt => new VirtualProcessorExit(VirtualProcessorExitKind.Halt),
            ExitReason.Shutdown => new VirtualProcessorExit(VirtualProcessorExitKind.Shutdown),
            ExitReason.FailedEntry => new VirtualProcessorExit(VirtualProcessorExitKind.FailedEntry, Field<ulong>(RunPage.Details)),
            ExitReason.InternalError => new VirtualProcessorExit(VirtualProcessorExitKind.InternalError, Field<uint>(RunPage.InternalErrorKind)),
            _ => new VirtualProcessorExit(VirtualProcessorExitKind.Unknown, (ulong)reason),
        };
    }

    private VirtualProcessorExit DecodePort()
    {
        bool isWrite = Field<byte>(RunPage.PortDirection) != 0;
        int width = Field<byte>(RunPage.PortWidth);
        return isWrite
            ? new VirtualProcessorExit(
                VirtualProcessorExitKind.PortWrite, Field<ushort>(RunPage.PortNumber), width,
                Lowest(Field<ulong>((int)Field<ulong>(RunPage.PortDataOffset)), width))
            : new VirtualProcessorExit(VirtualProcessorExitKind.PortRead, Field<ushort>(RunPage.PortNumber), width);
    }

    private VirtualProcessorExit DecodeDevice()
    {
        int width = (int)Field<uint>(RunPage.MemoryLength);
        ulong address = Field<ulong>(RunPage.MemoryAddress);
        return Field<byte>(RunPage.MemoryIsWrite) != 0
            ? new VirtualProcessorExit(VirtualProcessorExitKind.DeviceWrite, address, width, Lowest(Field<ulong>(RunPage.MemoryData), width))
            : new VirtualProcessorExit(VirtualProcessorExitKind.DeviceRead, address, width);
    }

    private ulong FaultAddress() =>
        (ExitReason)Field<uint>(RunPage.ExitReason) == ExitReason.MemoryFault ? Field<ulong>(RunPage.FaultAddress) : 0;

    private static ulong Lowest(ulong value, int bytes) => bytes >= sizeof(ulong) ? value : value & ((1UL << (bytes * 8)) - 1);

    private void Fetch(nuint request, int offset, string name)
    {
        // SAFETY: the structure that the request fills lies inside the page at this offset (checked in the constructor).
        _ = LinuxException.ThrowIfFailed(Libc.Control(_descriptor, request, _page.Address + offset), $"ioctl({name})");
    }

    // SAFETY: the page is mapped until disposal, after which no member is called; offsets are those of RunPage, whose end was checked against the
    // page's length, or the kernel's own offset of port data, which lies inside the page.
    private ref T Field<T>(int offset)
        where T : unmanaged => ref *(T*)(_page.Address + offset);
}
