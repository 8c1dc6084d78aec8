namespace MmuNotifiers.Primary;

/// <summary>How a pool of frames takes pages away when it runs out.</summary>
public sealed class ReclaimOptions
{
    /// <summary>
    /// Where evicted pages go. Null for nowhere: then only pages go whose bytes can be had again (of files, and shared memory that was never
    /// written). Stays the caller's, who disposes it after the pool.
    /// </summary>
    public ISwapStore? Swap { get; init; }

    /// <summary>
    /// How many pages one swap-in reads at most, the one asked for included: neighbours in the store are often used together. Where those that were read
    /// along are not used, a swap-in soon reads one page only. 1 for no read-ahead.
    /// </summary>
    public int ReadAheadPages { get; init; } = 8;

    /// <summary>
    /// Below so many free frames the background thread starts to reclaim; 0 for none, then only those who need a frame do. Null for one frame
    /// in 64 and at most 8192, and for none in pools of less than 4096 frames: what is kept free there would be missed.
    /// </summary>
    public long? LowWatermarkPages { get; init; }

    /// <summary>At so many free frames the background thread stops. Null for twice the low watermark.</summary>
    public long? HighWatermarkPages { get; init; }

    /// <summary>
    /// How long a page that was brought in stays at least, as long as there is anything else to evict or to wait for: who faulted it in shall
    /// come to use it.
    /// </summary>
    public TimeSpan MinimumResidency { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// Whether ageing asks the secondaries which pages they used. False only to show what becomes of pages that a guest or a device alone
    /// uses.
    /// </summary>
    public bool AsksSecondaries { get; init; } = true;

    /// <summary>
    /// Who is killed when a frame is needed and nothing can be evicted; null for nobody: then the access ends in <see cref="FaultResult.OutOfMemory"/>.
    /// </summary>
    public IOutOfMemoryPolicy? OutOfMemory { get; init; }
}
