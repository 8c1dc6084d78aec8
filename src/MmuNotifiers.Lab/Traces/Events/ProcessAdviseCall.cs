namespace MmuNotifiers.Lab.Traces;

/// <summary>process_madvise. The ranges lie in the caller's memory and are not recorded.</summary>
/// <param name="Stamp">When and in which thread.</param>
/// <param name="Result">How many bytes were advised, or a negative errno.</param>
/// <param name="ProcessFileDescriptor">The descriptor that names the process advised.</param>
/// <param name="Vector">Where the ranges stand in the caller's memory.</param>
/// <param name="VectorCount">How many there are.</param>
/// <param name="Advice">MADV_*.</param>
/// <param name="Flags">Must be 0.</param>
public sealed record ProcessAdviseCall(
    TraceStamp Stamp,
    long Result,
    int ProcessFileDescriptor,
    VirtualAddress Vector,
    ulong VectorCount,
    LinuxAdvice Advice,
    uint Flags) : SystemCallEvent(Stamp, Result);
