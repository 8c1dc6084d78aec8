namespace MmuNotifiers.Lab.Traces.Format;

/// <summary>The checked numbers at the head of a block.</summary>
/// <param name="RawLength">How many bytes it unpacks to.</param>
/// <param name="PackedLength">How many bytes it has in the file.</param>
/// <param name="EventCount">How many events it holds, at least one.</param>
internal readonly record struct BlockHead(int RawLength, int PackedLength, int EventCount);
