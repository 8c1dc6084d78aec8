namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>The system calls that an importer understands.</summary>
internal enum SystemCallKind
{
    Map,
    Unmap,
    Protect,
    ProtectWithKey,
    Remap,
    Advise,
    Break,
    RemapFilePages,
    Lock,
    Lock2,
    Unlock,
    LockAll,
    UnlockAll,
    AttachShared,
    DetachShared,
    ProcessAdvise,
    Sync,
    Clone,
    Clone3,
    Fork,
    VirtualFork,
    Exec,
}
