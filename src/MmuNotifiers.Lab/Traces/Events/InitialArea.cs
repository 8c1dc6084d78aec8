namespace MmuNotifiers.Lab.Traces;

/// <summary>An area that execve made, without a system call of the program.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="Start">Where it starts, page aligned.</param>
/// <param name="LengthBytes">Its length, whole pages.</param>
/// <param name="Protection">Its protection when it was made.</param>
/// <param name="Flags">
/// <see cref="LinuxMapFlags.Private"/> or <see cref="LinuxMapFlags.Shared"/>, and <see cref="LinuxMapFlags.GrowsDown"/> for the stack.
/// </param>
/// <param name="FileId">The file behind it (<see cref="FileEvent"/>), 0 for none.</param>
/// <param name="OffsetBytes">Where in the file it starts.</param>
public readonly record struct InitialArea(
    InitialAreaKind Kind,
    VirtualAddress Start,
    ulong LengthBytes,
    LinuxProtection Protection,
    LinuxMapFlags Flags,
    int FileId,
    ulong OffsetBytes);
