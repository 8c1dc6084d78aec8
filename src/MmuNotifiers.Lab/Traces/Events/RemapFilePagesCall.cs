namespace MmuNotifiers.Lab.Traces;

/// <summary>remap_file_pages: a nonlinear mapping, which Linux emulates since 4.0 by areas of one page and more.</summary>
/// <param name="Stamp">When and in which thread.</param>
/// <param name="Result">0, or a negative errno.</param>
/// <param name="Address">Where the range starts.</param>
/// <param name="LengthBytes">Its length.</param>
/// <param name="Protection">Must be 0.</param>
/// <param name="PageOffset">The page of the file that comes to the start of the range.</param>
/// <param name="Flags">MAP_NONBLOCK or nothing.</param>
public sealed record RemapFilePagesCall(
    TraceStamp Stamp,
    long Result,
    VirtualAddress Address,
    ulong LengthBytes,
    LinuxProtection Protection,
    ulong PageOffset,
    LinuxMapFlags Flags) : SystemCallEvent(Stamp, Result);
