namespace MmuNotifiers.Lab.Conformance;

/// <summary>An object that a case starts with: shared memory (a memfd), zero throughout.</summary>
/// <param name="Id">Its number, by which operations name it.</param>
/// <param name="Size">Its size.</param>
internal sealed record ConformanceObject(int Id, ByteAmount Size);
