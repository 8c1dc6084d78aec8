namespace MmuNotifiers.Lab.Traces;

/// <summary>shmat. The result is the address.</summary>
/// <param name="Stamp">When and in which thread.</param>
/// <param name="Result">The address, or a negative errno.</param>
/// <param name="SegmentId">The segment's id.</param>
/// <param name="Address">Where to attach, 0 for anywhere.</param>
/// <param name="Flags">SHM_* (SHM_RDONLY is 0x1000, SHM_RND 0x2000, SHM_REMAP 0x4000, SHM_EXEC 0x8000).</param>
/// <param name="FileId">The segment as a file (<see cref="FileEvent"/>), 0 if unknown.</param>
/// <param name="LengthBytes">The length of the mapping that was made, 0 if unknown or refused.</param>
public sealed record AttachSharedCall(
    TraceStamp Stamp,
    long Result,
    int SegmentId,
    VirtualAddress Address,
    uint Flags,
    int FileId,
    ulong LengthBytes) : SystemCallEvent(Stamp, Result);
