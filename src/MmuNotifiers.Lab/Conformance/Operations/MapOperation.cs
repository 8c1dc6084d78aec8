using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Lab.Conformance.Operations;

/// <summary>mmap(2). Without an address the address space chooses one; without an object the descriptor is -1.</summary>
internal sealed record MapOperation(
    int Process,
    ByteAmount? Address,
    ByteAmount Length,
    LinuxProtection Protection,
    LinuxMapFlags Flags,
    ObjectReference? Object,
    ByteAmount Offset) : ConformanceOperation(Process);
