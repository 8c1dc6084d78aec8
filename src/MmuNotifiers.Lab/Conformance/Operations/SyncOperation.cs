namespace MmuNotifiers.Lab.Conformance.Operations;

/// <summary>msync(2), with MS_ASYNC = 1, MS_INVALIDATE = 2, MS_SYNC = 4.</summary>
internal sealed record SyncOperation(int Process, ByteAmount Address, ByteAmount Length, int Flags) : ConformanceOperation(Process);
