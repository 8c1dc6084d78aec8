namespace MmuNotifiers.Lab.Conformance.Operations;

/// <summary>Stores of one value to every byte of a range, in ascending order.</summary>
internal sealed record FillOperation(int Process, ByteAmount Address, ByteAmount Length, byte Value) : ConformanceOperation(Process);
