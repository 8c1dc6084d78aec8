namespace MmuNotifiers.Lab.Conformance.Operations;

/// <summary>A device's load of one byte, through a secondary MMU.</summary>
internal sealed record DeviceReadByteOperation(int Process, ByteAmount Address) : ConformanceOperation(Process);
