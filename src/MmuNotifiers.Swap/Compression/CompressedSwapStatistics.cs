namespace MmuNotifiers.Swap;

/// <summary>What a <see cref="CompressedSwapStore"/> holds at the moment, and what it did so far.</summary>
/// <param name="FilledPages">Pages it holds that are one word over and over.</param>
/// <param name="PackedPages">Pages it holds packed.</param>
/// <param name="PackedBytes">The bytes that these take, heads and rounding included.</param>
/// <param name="AllocatedBytes">The native memory that is there for them.</param>
/// <param name="PassedThroughPages">Pages that went straight to the store behind, since they did not become smaller.</param>
/// <param name="WrittenBackPages">Pages that went to the store behind later, to make room.</param>
/// <param name="FailedWriteBackPages">Pages that the store behind did not take then, and that were kept.</param>
public readonly record struct CompressedSwapStatistics(
    long FilledPages,
    long PackedPages,
    long PackedBytes,
    long AllocatedBytes,
    long PassedThroughPages,
    long WrittenBackPages,
    long FailedWriteBackPages);
