namespace MmuNotifiers.Lab.Traces;

/// <summary>mmap. The result is the address.</summary>
/// <param name="Stamp">When and in which thread.</param>
/// <param name="Result">The address, or a negative errno.</param>
/// <param name="Address">The hint, or with MAP_FIXED the place.</param>
/// <param name="LengthBytes">The length as passed; the kernel rounds it up to whole pages.</param>
/// <param name="Protection">PROT_*.</param>
/// <param name="Flags">MAP_*.</param>
/// <param name="FileId">
/// The file (<see cref="FileEvent"/>), 0 for none. A shared anonymous mapping names the kernel's object behind it where the recording knows it.
/// </param>
/// <param name="OffsetBytes">Where in the file the mapping starts.</param>
public sealed record MapCall(
    TraceStamp Stamp,
    long Result,
    VirtualAddress Address,
    ulong LengthBytes,
    LinuxProtection Protection,
    LinuxMapFlags Flags,
    int FileId,
    ulong OffsetBytes) : SystemCallEvent(Stamp, Result);
