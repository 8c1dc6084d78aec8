namespace MmuNotifiers;

/// <summary>One page on its way to or from a slot of an <see cref="ISwapStore"/>.</summary>
/// <param name="slot">The slot, from 0.</param>
/// <param name="bytes">The page's bytes, 4096 of them: the source of a write, the target of a read.</param>
public struct SwapTransfer(long slot, Memory<byte> bytes)
{
    /// <summary>The slot.</summary>
    public long Slot { get; } = slot;

    /// <summary>The page's bytes; where they lie in native memory, their owner keeps them there until the transfer is over.</summary>
    public Memory<byte> Bytes { get; } = bytes;

    /// <summary>How the transfer ended; set by the store.</summary>
    public SwapOutcome Outcome { get; set; }

    /// <summary>What went wrong, in one line that names the store's place (file and offset, server and key); null on success.</summary>
    public string? Detail { get; set; }
}
