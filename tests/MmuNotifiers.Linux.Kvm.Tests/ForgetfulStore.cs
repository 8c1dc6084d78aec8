namespace MmuNotifiers.Linux.Kvm.Tests;

/// <summary>A store that takes every page and gives none back.</summary>
internal sealed class ForgetfulStore(ISwapStore behind) : ISwapStore
{
    public bool Forgets { get; set; } = true;

    public string Name => "forgetful";

    public long SlotCount => behind.SlotCount;

    public ValueTask WriteAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default) =>
        behind.WriteAsync(transfers, cancellationToken);

    public async ValueTask ReadAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default)
    {
        await behind.ReadAsync(transfers, cancellationToken);
        for (int index = 0; Forgets && index < transfers.Length; index++)
        {
            transfers.Span[index].Outcome = SwapOutcome.Corrupt;
        }
    }

    public void Discard(ReadOnlySpan<long> slots) => behind.Discard(slots);

    public ValueTask DisposeAsync() => behind.DisposeAsync();
}
