namespace MmuNotifiers.Swap.Tests;

/// <summary>A store in front of another that holds writes back until a test lets them go, refuses those that a test names, and checks the contract of its user.</summary>
internal sealed class GatedSwapStore(ISwapStore behind) : ISwapStore
{
    private readonly HashSet<long> _inUse = [];

    /// <summary>What each write waits for, before it does anything.</summary>
    internal Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>The outcome of a page's write; success goes to the store behind.</summary>
    internal Func<long, SwapOutcome> OnWrite { get; set; } = static _ => SwapOutcome.Success;

    /// <summary>The slots of each write.</summary>
    internal List<long[]> Writes { get; } = [];

    /// <summary>The slots that were discarded.</summary>
    internal List<long> Discarded { get; } = [];

    /// <summary>How often a slot was transferred or discarded while another transfer of it was under way.</summary>
    internal int Collisions { get; private set; }

    public string Name => "gated";

    public long SlotCount => behind.SlotCount;

    public async ValueTask WriteAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default)
    {
        Begin(transfers.Span);
        lock (_inUse)
        {
            Writes.Add([.. transfers.ToArray().Select(transfer => transfer.Slot)]);
        }

        await Gate;
        for (int page = 0; page < transfers.Length; page++)
        {
            SwapOutcome outcome = OnWrite(transfers.Span[page].Slot);
            if (outcome == SwapOutcome.Success)
            {
                await behind.WriteAsync(transfers.Slice(page, 1), cancellationToken);
            }
            else
            {
                transfers.Span[page].Outcome = outcome;
                transfers.Span[page].Detail = "as the test says";
            }
        }

        End(transfers.Span);
    }

    public async ValueTask ReadAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default)
    {
        Begin(transfers.Span);
        await behind.ReadAsync(transfers, cancellationToken);
        End(transfers.Span);
    }

    public void Discard(ReadOnlySpan<long> slots)
    {
        lock (_inUse)
        {
            foreach (long slot in slots)
            {
                Collisions += _inUse.Contains(slot) ? 1 : 0;
                Discarded.Add(slot);
            }
        }

        behind.Discard(slots);
    }

    public ValueTask DisposeAsync() => behind.DisposeAsync();

    private void Begin(ReadOnlySpan<SwapTransfer> transfers)
    {
        lock (_inUse)
        {
            foreach (SwapTransfer transfer in transfers)
            {
                Collisions += _inUse.Add(transfer.Slot) ? 0 : 1;
            }
        }
    }

    private void End(ReadOnlySpan<SwapTransfer> transfers)
    {
        lock (_inUse)
        {
            foreach (SwapTransfer transfer in transfers)
            {
                _inUse.Remove(transfer.Slot);
            }
        }
    }
}
