namespace MmuNotifiers.Lab.Tests.Replay.Pressure;

/// <summary>A store that now and then gives back what it should not, and calls it a success.</summary>
internal sealed class CrookedStore(ISwapStore inner, CrookedStore.Fault fault) : ISwapStore
{
    private const int Every = 8;

    private readonly Lock _lock = new();

    /// <summary>Pages that came back right, as later ones are given back. Guarded by the lock.</summary>
    private readonly byte[] _other = new byte[4096];
    private int _reads;

    /// <summary>What it does wrong.</summary>
    internal enum Fault
    {
        /// <summary>Nothing.</summary>
        None,

        /// <summary>It gives another page.</summary>
        OtherPage,

        /// <summary>The last sector is another page's.</summary>
        TornPage,

        /// <summary>One bit is wrong.</summary>
        FlippedBit,
    }

    public string Name => "crooked";

    public long SlotCount => inner.SlotCount;

    public ValueTask WriteAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(transfers, cancellationToken);

    public async ValueTask ReadAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default)
    {
        await inner.ReadAsync(transfers, cancellationToken);
        lock (_lock)
        {
            for (int i = 0; i < transfers.Length; i++)
            {
                Harm(transfers.Span[i].Bytes.Span);
            }
        }
    }

    public void Discard(ReadOnlySpan<long> slots) => inner.Discard(slots);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private void Harm(Span<byte> page)
    {
        bool now = ++_reads % Every == 0;
        Span<byte> harmed = fault switch
        {
            Fault.OtherPage => page,
            Fault.TornPage => page[^512..],
            _ => page[^1..],
        };
        if (!now || fault == Fault.None)
        {
            page.CopyTo(_other);
        }
        else if (fault == Fault.FlippedBit)
        {
            page[^1] ^= 1;
        }
        else
        {
            _other.AsSpan(_other.Length - harmed.Length).CopyTo(harmed);
        }
    }
}
