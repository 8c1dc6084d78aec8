namespace MmuNotifiers.Lab.Traces.Format;

/// <summary>The byte that begins each event in a block.</summary>
internal enum EventKind : byte
{
    PageFault = 1,
    Touch = 2,
    Exec = 3,
    Fork = 4,
    Exit = 5,
    Lost = 6,
    File = 7,
    Accesses = 8,
    Map = 16,
    Unmap = 17,
    Protect = 18,
    Remap = 19,
    Advise = 20,
    Break = 21,
    RemapFilePages = 22,
    Lock = 23,
    Unlock = 24,
    LockAll = 25,
    UnlockAll = 26,
    AttachShared = 27,
    DetachShared = 28,
    ProcessAdvise = 29,
    Sync = 30,
}
