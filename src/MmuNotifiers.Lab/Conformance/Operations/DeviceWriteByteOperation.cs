namespace MmuNotifiers.Lab.Conformance.Operations;

/// <summary>A device's store of one byte, through a secondary MMU.</summary>
internal sealed record DeviceWriteByteOperation(int Process, ByteAmount Address, byte Value) : ConformanceOperation(Process);
