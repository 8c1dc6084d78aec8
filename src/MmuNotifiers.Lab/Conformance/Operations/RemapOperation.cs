using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Lab.Conformance.Operations;

/// <summary>mremap(2).</summary>
internal sealed record RemapOperation(
    int Process,
    ByteAmount Old,
    ByteAmount OldLength,
    ByteAmount NewLength,
    LinuxRemapFlags Flags,
    ByteAmount? New) : ConformanceOperation(Process);
