using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Lab.Conformance.Operations;

/// <summary>madvise(2).</summary>
internal sealed record AdviseOperation(
    int Process,
    ByteAmount Address,
    ByteAmount Length,
    LinuxAdvice Advice) : ConformanceOperation(Process);
