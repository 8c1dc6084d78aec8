namespace MmuNotifiers.Lab.Traces;

/// <summary>mprotect or pkey_mprotect. A refusal may have changed the areas before the one that it stopped at.</summary>
/// <param name="Stamp">When and in which thread.</param>
/// <param name="Result">0, or a negative errno.</param>
/// <param name="Address">Where the range starts.</param>
/// <param name="LengthBytes">The length as passed; the kernel rounds it up to whole pages.</param>
/// <param name="Protection">PROT_*.</param>
/// <param name="ProtectionKey">The key of pkey_mprotect, -1 for mprotect.</param>
public sealed record ProtectCall(
    TraceStamp Stamp,
    long Result,
    VirtualAddress Address,
    ulong LengthBytes,
    LinuxProtection Protection,
    int ProtectionKey) : SystemCallEvent(Stamp, Result);
