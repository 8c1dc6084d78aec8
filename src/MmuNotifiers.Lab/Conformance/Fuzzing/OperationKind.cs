namespace MmuNotifiers.Lab.Conformance.Fuzzing;

/// <summary>What the generator chooses between.</summary>
internal enum OperationKind
{
    Map,
    Unmap,
    Protect,
    Remap,
    Advise,
    Fork,
    Exit,
    Read,
    Write,
    Fill,
    DeviceRead,
    DeviceWrite,
    Lock,
    Unlock,
    Sync,
    Resident,
    Layout,
    Break,
    ObjectRead,
    ObjectWrite,
    ObjectReadByte,
    ObjectWriteByte,
    ObjectTruncate,
    ObjectPunch,
}
