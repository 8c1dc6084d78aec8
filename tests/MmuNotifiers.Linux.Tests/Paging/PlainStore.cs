namespace MmuNotifiers.Linux.Tests.Paging;

/// <summary>A store that does nothing but keep pages, in memory that it has from the beginning: it allocates nothing.</summary>
internal sealed class PlainStore(int slots) : ISwapStore
{
    private readonly byte[] _pages = new byte[slots << Page.Shift];

    public string Name => "plain";

    public long SlotCount => slots;

    public ValueTask WriteAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default)
    {
        foreach (ref SwapTransfer transfer in transfers.Span)
        {
            transfer.Bytes.Span.CopyTo(Bytes(transfer.Slot));
            transfer.Outcome = SwapOutcome.Success;
        }

        return default;
    }

    public ValueTask ReadAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default)
    {
        foreach (ref SwapTransfer transfer in transfers.Span)
        {
            Bytes(transfer.Slot).CopyTo(transfer.Bytes.Span);
            transfer.Outcome = SwapOutcome.Success;
        }

        return default;
    }

    public void Discard(ReadOnlySpan<long> slots)
    {
    }

    public ValueTask DisposeAsync() => default;

    private Span<byte> Bytes(long slot) => _pages.AsSpan((int)slot << Page.Shift, Page.SizeBytes);
}
