namespace MmuNotifiers.Primary;

/// <summary>One mremap, lengths rounded up.</summary>
internal readonly record struct MoveRequest(
    VirtualAddress OldStart, ulong OldBytes, ulong NewBytes, MoveFlags Flags, VirtualAddress NewStart)
{
    internal bool KeepsSource => (Flags & MoveFlags.DontUnmap) != 0;

    internal bool ImpliesNewStart => (Flags & (MoveFlags.Fixed | MoveFlags.DontUnmap)) != 0;

    internal bool IsPureMove => (Flags & MoveFlags.Fixed) != 0 && OldBytes == NewBytes;

    internal bool Overlaps =>
        OldStart.Value + OldBytes > NewStart.Value && NewStart.Value + NewBytes > OldStart.Value;

    internal MoveRequest Part(VirtualAddress start, ulong bytes) =>
        this with { OldStart = start, OldBytes = bytes, NewBytes = bytes, NewStart = NewStart + (start - OldStart) };
}
