namespace MmuNotifiers.Lab.Traces;

/// <summary>A file, or an object that is mapped like one.</summary>
/// <param name="Id">The number by which events name it, from 1 in the order of first use.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Path">The name under which the kernel showed it.</param>
/// <param name="Device">The device's number, 256 * major + minor, 0 if unknown.</param>
/// <param name="Inode">The inode's number, 0 if unknown.</param>
/// <param name="SizeBytes">
/// The size at the end of the recording; if the file was gone by then (<paramref name="SizeIsLowerBound"/>), the end of the farthest
/// range that was mapped up to the point where the file is introduced.
/// </param>
/// <param name="SizeIsLowerBound">True if the size is not the file's own.</param>
public sealed record TraceFile(
    int Id,
    TraceFileKind Kind,
    string Path,
    ulong Device,
    ulong Inode,
    ulong SizeBytes,
    bool SizeIsLowerBound);
