namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>A file that a descriptor names.</summary>
/// <param name="Path">Its path, or how the descriptor was made.</param>
/// <param name="SizeBytes">The size that fstat showed, null if it was not asked for.</param>
internal sealed record StraceFile(string Path, ulong? SizeBytes);
