using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Lab.Conformance.Operations;

/// <summary>mprotect(2).</summary>
internal sealed record ProtectOperation(
    int Process,
    ByteAmount Address,
    ByteAmount Length,
    LinuxProtection Protection) : ConformanceOperation(Process);
