using System.Collections.Concurrent;

namespace MmuNotifiers.Primary.Tests.Swap;

/// <summary>A store in memory that notes what it is asked for, and fails or waits where a test says so. What was never written is lost.</summary>
internal sealed class TestSwapStore(long slotCount = 4096) : ISwapStore
{
    private readonly ConcurrentDictionary<long, byte[]> _pages = new();
    private readonly ConcurrentQueue<long[]> _writes = new();
    private readonly ConcurrentQueue<long[]> _reads = new();
    private readonly ConcurrentQueue<long> _discards = new();

    public string Name => "test";

    public long SlotCount => slotCount;

    /// <summary>The slots of each write, in order.</summary>
    internal long[][] Writes => [.. _writes];

    /// <summary>The slots of each read, in order.</summary>
    internal long[][] Reads => [.. _reads];

    /// <summary>All discarded slots.</summary>
    internal long[] Discards => [.. _discards];

    /// <summary>How a write of a slot ends.</summary>
    internal Func<long, SwapOutcome> WriteOutcome { get; set; } = static _ => SwapOutcome.Success;

    /// <summary>How a read of a slot ends.</summary>
    internal Func<long, SwapOutcome> ReadOutcome { get; set; } = static _ => SwapOutcome.Success;

    /// <summary>What a write waits for, before it looks at the bytes.</summary>
    internal Func<Task> BeforeWrite { get; set; } = static () => Task.CompletedTask;

    /// <summary>What a read waits for.</summary>
    internal Func<Task> BeforeRead { get; set; } = static () => Task.CompletedTask;

    /// <summary>The first byte of what a slot holds.</summary>
    internal byte FirstByte(long slot) => _pages[slot][0];

    /// <summary>Puts a page into a slot, as a snapshot would have it.</summary>
    internal void Put(long slot, byte value) => _pages[slot] = Filled(value);

    internal void Forget()
    {
        _writes.Clear();
        _reads.Clear();
        _discards.Clear();
    }

    public async ValueTask WriteAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default)
    {
        _writes.Enqueue(Slots(transfers.Span));
        await BeforeWrite().ConfigureAwait(false);
        Write(transfers.Span);
    }

    public async ValueTask ReadAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default)
    {
        _reads.Enqueue(Slots(transfers.Span));
        await BeforeRead().ConfigureAwait(false);
        Read(transfers.Span);
    }

    public void Discard(ReadOnlySpan<long> slots)
    {
        foreach (long slot in slots)
        {
            _pages.TryRemove(slot, out _);
            _discards.Enqueue(slot);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Write(Span<SwapTransfer> transfers)
    {
        foreach (ref SwapTransfer transfer in transfers)
        {
            transfer.Outcome = WriteOutcome(transfer.Slot);
            transfer.Detail = transfer.Outcome == SwapOutcome.Success ? null : $"test: slot {transfer.Slot}";
            if (transfer.Outcome == SwapOutcome.Success)
            {
                _pages[transfer.Slot] = transfer.Bytes.ToArray();
            }
            else
            {
                // Torn: half of it is there.
                _pages[transfer.Slot] = [.. transfer.Bytes[..2048].ToArray(), .. new byte[2048]];
            }
        }
    }

    private void Read(Span<SwapTransfer> transfers)
    {
        foreach (ref SwapTransfer transfer in transfers)
        {
            transfer.Outcome = _pages.TryGetValue(transfer.Slot, out byte[]? page) ? ReadOutcome(transfer.Slot) : SwapOutcome.Lost;
            transfer.Detail = transfer.Outcome == SwapOutcome.Success ? null : $"test: slot {transfer.Slot}";
            (transfer.Outcome == SwapOutcome.Success ? page! : Filled(0xEE)).CopyTo(transfer.Bytes);
        }
    }

    private static byte[] Filled(byte value)
    {
        byte[] page = new byte[Page.SizeBytes];
        Array.Fill(page, value);
        return page;
    }

    private static long[] Slots(ReadOnlySpan<SwapTransfer> transfers)
    {
        long[] slots = new long[transfers.Length];
        for (int i = 0; i < slots.Length; i++)
        {
            slots[i] = transfers[i].Slot;
        }

        return slots;
    }
}
