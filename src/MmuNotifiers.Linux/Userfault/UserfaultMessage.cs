using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux;

/// <summary>A message of userfaultfd (struct uffd_msg), as far as faults go.</summary>
[StructLayout(LayoutKind.Explicit, Size = 32)]
internal readonly struct UserfaultMessage
{
    /// <summary>UFFD_EVENT_PAGEFAULT.</summary>
    private const byte PageFault = 0x12;

    [FieldOffset(0)]
    private readonly byte _event;

    [FieldOffset(8)]
    private readonly UserfaultFlags _flags;

    [FieldOffset(16)]
    private readonly ulong _address;

    /// <summary>Whether it is about a fault: other messages are not asked for.</summary>
    internal bool IsFault => _event == PageFault;

    /// <summary>What the fault was.</summary>
    internal UserfaultFlags Flags => _flags;

    /// <summary>Where, to the page or to the byte.</summary>
    internal VirtualAddress Address => new(_address);
}
