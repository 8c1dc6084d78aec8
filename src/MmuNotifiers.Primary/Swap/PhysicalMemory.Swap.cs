namespace MmuNotifiers.Primary;

/// <summary>Where pages go that leave the pool.</summary>
public sealed unsafe partial class PhysicalMemory
{
    /// <summary>What went to the swap stores and came from them.</summary>
    public SwapStatistics SwapStatistics => Swap.Statistics;

    /// <summary>The latest pages, at most 64, that a swap store could not take or give; oldest first.</summary>
    public IReadOnlyList<SwapFailure> SwapFailures => Swap.Counters.Failures;

    /// <summary>Where evicted pages are.</summary>
    internal SwapSpace Swap { get; }

    /// <summary>The bytes of a frame as a store takes them; the caller keeps the frame until the transfer is over.</summary>
    internal Memory<byte> BytesForTransfer(FrameNumber frame)
    {
        long number = (long)frame.Value;
        return _bytesForTransfer[number / FrameBytes.MaxFrames].Of(number % FrameBytes.MaxFrames);
    }

    private FrameBytes[] MakeBytesForTransfer()
    {
        FrameBytes[] stretches = new FrameBytes[(FrameCount + FrameBytes.MaxFrames - 1) / FrameBytes.MaxFrames];
        for (int i = 0; i < stretches.Length; i++)
        {
            long first = i * FrameBytes.MaxFrames;
            stretches[i] = new FrameBytes(Address(new FrameNumber((ulong)first)), Math.Min(FrameBytes.MaxFrames, FrameCount - first));
        }

        return stretches;
    }
}
