using System.Globalization;

namespace MmuNotifiers.Linux.Kvm;

/// <summary>Why a virtual processor came back, and what it wants.</summary>
public readonly record struct VirtualProcessorExit
{
    internal VirtualProcessorExit(VirtualProcessorExitKind kind, ulong detail = 0, int widthBytes = 0, ulong value = 0)
    {
        Kind = kind;
        Detail = detail;
        WidthBytes = widthBytes;
        Value = value;
    }

    /// <summary>Why.</summary>
    public VirtualProcessorExitKind Kind { get; }

    /// <summary>How many bytes a port or a device access has: 1, 2, 4 or 8; 0 for other exits.</summary>
    public int WidthBytes { get; }

    /// <summary>What the guest wrote; 0 for other exits.</summary>
    public ulong Value { get; }

    /// <summary>The port of a port access; 0 for other exits.</summary>
    public ushort Port => Kind is VirtualProcessorExitKind.PortRead or VirtualProcessorExitKind.PortWrite ? (ushort)Detail : (ushort)0;

    /// <summary>
    /// The guest-physical address of a device access, and of missing or lost memory where the kernel tells it
    /// (<see cref="KvmExtension.MemoryFaultAddress"/>); 0 otherwise.
    /// </summary>
    public GuestPhysicalAddress Address => IsMemory ? new GuestPhysicalAddress(Detail) : default;

    /// <summary>The kernel's own number for a failed entry, an internal error or an unknown reason; 0 for other exits.</summary>
    public ulong Reason => IsMemory || Port != 0 ? 0 : Detail;

    private ulong Detail { get; }

    private bool IsMemory => Kind is VirtualProcessorExitKind.DeviceRead or VirtualProcessorExitKind.DeviceWrite
        or VirtualProcessorExitKind.NoMemory or VirtualProcessorExitKind.LostMemory;

    /// <summary>The exit in words: <c>PortWrite 0x10</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind} 0x{Detail:x}");
}
