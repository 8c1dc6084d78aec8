using System.Buffers;
using System.Collections.Concurrent;

namespace MmuNotifiers.Swap;

/// <summary>
/// A store that fails on purpose, for tests of what stands above it: in front of any other store, with given rates, the same way in each run. It keeps
/// to the contract: no read that ends well gives other bytes than were written.
/// </summary>
/// <remarks>
/// Whether a transfer fails depends on its slot and on how often that slot was read or written before, and not on which thread comes first. Discarding
/// a slot heals it.
/// </remarks>
public sealed class FaultInjectingSwapStore : ISwapStore
{
    private readonly ISwapStore _behind;
    private readonly SwapFaultOptions _options;
    private readonly ConcurrentDictionary<long, int> _transfers = [];

    /// <summary>The slots whose content is torn or lost, though their write ended well.</summary>
    private readonly ConcurrentDictionary<long, SwapOutcome> _damaged = [];

    private readonly long[] _counts = new long[(int)SwapFault.SlowTransfer + 1];

    /// <summary>Puts a failing store in front of another, which it owns from then on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A rate is not between 0 and 1.</exception>
    public FaultInjectingSwapStore(ISwapStore behind, SwapFaultOptions options)
    {
        ArgumentNullException.ThrowIfNull(behind);
        ArgumentNullException.ThrowIfNull(options);
        ThrowIfNoPart(options.FailedReads + options.UnavailableReads);
        ThrowIfNoPart(options.FailedWrites + options.FullWrites + options.TornWrites + options.LostWrites);
        ThrowIfNoPart(options.SlowTransfers);
        _behind = behind;
        _options = options;
    }

    /// <inheritdoc/>
    public string Name => $"faults+{_behind.Name}";

    /// <inheritdoc/>
    public long SlotCount => _behind.SlotCount;

    /// <summary>What it did wrong.</summary>
    public SwapFaultStatistics Statistics => new(
        Count(SwapFault.FailedRead),
        Count(SwapFault.UnavailableRead),
        Count(SwapFault.FailedWrite),
        Count(SwapFault.FullWrite),
        Count(SwapFault.TornWrite),
        Count(SwapFault.LostWrite),
        Count(SwapFault.SlowTransfer));

    /// <inheritdoc/>
    public async ValueTask WriteAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default)
    {
        SwapTransfers.ThrowIfWrong(transfers.Span, SlotCount);
        if (transfers.IsEmpty || !await TryDelayAsync(transfers, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        SwapTransfer[] passed = ArrayPool<SwapTransfer>.Shared.Rent(transfers.Length);
        SwapFault[] faults = new SwapFault[transfers.Length];
        for (int page = 0; page < transfers.Length; page++)
        {
            SwapTransfer transfer = transfers.Span[page];
            faults[page] = WriteFault(NextDraw(transfer.Slot));
            passed[page] = new SwapTransfer(transfer.Slot, faults[page] == SwapFault.None ? transfer.Bytes : HalfOf(transfer.Bytes.Span));
        }

        await _behind.WriteAsync(passed.AsMemory(0, transfers.Length), cancellationToken).ConfigureAwait(false);
        for (int page = 0; page < transfers.Length; page++)
        {
            EndWrite(ref transfers.Span[page], in passed[page], faults[page]);
        }

        ArrayPool<SwapTransfer>.Shared.Return(passed, clearArray: true);
    }

    /// <inheritdoc/>
    public async ValueTask ReadAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default)
    {
        SwapTransfers.ThrowIfWrong(transfers.Span, SlotCount);
        if (transfers.IsEmpty || !await TryDelayAsync(transfers, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        await _behind.ReadAsync(transfers, cancellationToken).ConfigureAwait(false);
        foreach (ref SwapTransfer transfer in transfers.Span)
        {
            EndRead(ref transfer, ReadFault(NextDraw(transfer.Slot)));
        }
    }

    /// <inheritdoc/>
    public void Discard(ReadOnlySpan<long> slots)
    {
        foreach (long slot in slots)
        {
            _damaged.TryRemove(slot, out _);
        }

        _behind.Discard(slots);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _behind.DisposeAsync();

    private static void ThrowIfNoPart(double rate)
    {
        if (rate is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "The rates of faults that exclude each other are at most 1 together.");
        }
    }

    /// <summary>The first half of a page; the second is what a write that stopped there would have left of something else.</summary>
    private static byte[] HalfOf(ReadOnlySpan<byte> page)
    {
        byte[] torn = page.ToArray();
        foreach (ref byte value in torn.AsSpan(Page.SizeBytes / 2))
        {
            value ^= 0xa5;
        }

        return torn;
    }

    private void EndWrite(ref SwapTransfer transfer, ref readonly SwapTransfer passed, SwapFault fault)
    {
        Note(fault);
        _damaged.TryRemove(transfer.Slot, out _);
        if (fault is SwapFault.FailedWrite or SwapFault.FullWrite)
        {
            // Half of it is there, and must not be taken for the page.
            _damaged[transfer.Slot] = SwapOutcome.Corrupt;
            transfer.End(
                fault == SwapFault.FullWrite ? SwapOutcome.NoSpace : SwapOutcome.IoError, $"{Name} store: a fault was injected into the write of slot {transfer.Slot}");
            return;
        }

        if (fault != SwapFault.None)
        {
            _damaged[transfer.Slot] = fault == SwapFault.TornWrite ? SwapOutcome.Corrupt : SwapOutcome.Lost;
        }

        transfer.End(passed.Outcome, passed.Detail);
    }

    private void EndRead(ref SwapTransfer transfer, SwapFault fault)
    {
        if (_damaged.TryGetValue(transfer.Slot, out SwapOutcome damage))
        {
            transfer.End(damage, $"{Name} store: a fault was injected into the last write of slot {transfer.Slot}");
        }
        else if (fault != SwapFault.None)
        {
            Note(fault);
            transfer.Bytes.Span.Fill(0xa5);
            transfer.End(
                fault == SwapFault.FailedRead ? SwapOutcome.IoError : SwapOutcome.Unavailable, $"{Name} store: a fault was injected into the read of slot {transfer.Slot}");
        }
    }

    private SwapFault WriteFault(double draw) => Pick(
        draw,
        (_options.FailedWrites, SwapFault.FailedWrite),
        (_options.FullWrites, SwapFault.FullWrite),
        (_options.TornWrites, SwapFault.TornWrite),
        (_options.LostWrites, SwapFault.LostWrite));

    private SwapFault ReadFault(double draw) => Pick(
        draw,
        (_options.FailedReads, SwapFault.FailedRead),
        (_options.UnavailableReads, SwapFault.UnavailableRead));

    private static SwapFault Pick(double draw, params ReadOnlySpan<(double Rate, SwapFault Fault)> faults)
    {
        foreach ((double rate, SwapFault fault) in faults)
        {
            if (draw < rate)
            {
                return fault;
            }

            draw -= rate;
        }

        return SwapFault.None;
    }

    private async ValueTask<bool> TryDelayAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken)
    {
        if (NextDraw(~transfers.Span[0].Slot) >= _options.SlowTransfers)
        {
            return true;
        }

        Note(SwapFault.SlowTransfer);
        try
        {
            await Task.Delay(_options.Delay, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            foreach (ref SwapTransfer transfer in transfers.Span)
            {
                transfer.End(SwapOutcome.Unavailable, $"{Name} store: the wait was cancelled");
            }

            return false;
        }
    }

    /// <summary>A number from 0 to 1 that depends on the seed, the slot and how often it was drawn for.</summary>
    private double NextDraw(long slot)
    {
        int count = _transfers.AddOrUpdate(slot, 1, static (_, count) => count + 1);
        ulong mixed = Mix(Mix((ulong)slot + ((ulong)(uint)_options.Seed << 32)) + (ulong)count);
        return (mixed >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>The finalizer of SplitMix64 (Steele, Lea, Flood 2014): every bit depends on every other.</summary>
    private static ulong Mix(ulong value)
    {
        value += 0x9e3779b97f4a7c15;
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }

    private void Note(SwapFault fault) => Interlocked.Increment(ref _counts[(int)fault]);

    private long Count(SwapFault fault) => Volatile.Read(ref _counts[(int)fault]);
}
