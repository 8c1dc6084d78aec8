namespace MmuNotifiers.Benchmarks.Peers;

/// <summary>What one operation cost in one measurement.</summary>
/// <param name="Nanoseconds">Its time.</param>
/// <param name="Bytes">What the timed part allocated on the managed heap, on the calling thread.</param>
internal readonly record struct Sample(double Nanoseconds, double Bytes);
