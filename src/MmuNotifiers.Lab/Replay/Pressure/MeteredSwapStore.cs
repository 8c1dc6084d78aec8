using System.Diagnostics;

namespace MmuNotifiers.Lab.Replay;

/// <summary>Passes transfers on to a store, and counts and times them. Disposing it leaves the store as it is. Safe from any thread.</summary>
internal sealed class MeteredSwapStore(ISwapStore inner) : ISwapStore
{
    private long _pagesWritten;
    private long _writeTicks;
    private long _pagesRead;
    private long _readTicks;

    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <inheritdoc/>
    public long SlotCount => inner.SlotCount;

    /// <summary>Pages that were written.</summary>
    public long PagesWritten => Volatile.Read(ref _pagesWritten);

    /// <summary>How long somebody waited for writes, the waits of several threads added up.</summary>
    public TimeSpan WriteTime => Stopwatch.GetElapsedTime(0, Volatile.Read(ref _writeTicks));

    /// <summary>Pages that were read.</summary>
    public long PagesRead => Volatile.Read(ref _pagesRead);

    /// <summary>How long somebody waited for reads, the waits of several threads added up.</summary>
    public TimeSpan ReadTime => Stopwatch.GetElapsedTime(0, Volatile.Read(ref _readTicks));

    /// <inheritdoc/>
    public async ValueTask WriteAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default)
    {
        long startedAt = Stopwatch.GetTimestamp();
        await inner.WriteAsync(transfers, cancellationToken).ConfigureAwait(false);
        Interlocked.Add(ref _writeTicks, Stopwatch.GetTimestamp() - startedAt);
        Interlocked.Add(ref _pagesWritten, CountSuccesses(transfers.Span));
    }

    /// <inheritdoc/>
    public async ValueTask ReadAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default)
    {
        long startedAt = Stopwatch.GetTimestamp();
        await inner.ReadAsync(transfers, cancellationToken).ConfigureAwait(false);
        Interlocked.Add(ref _readTicks, Stopwatch.GetTimestamp() - startedAt);
        Interlocked.Add(ref _pagesRead, CountSuccesses(transfers.Span));
    }

    /// <inheritdoc/>
    public void Discard(ReadOnlySpan<long> slots) => inner.Discard(slots);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static int CountSuccesses(ReadOnlySpan<SwapTransfer> transfers)
    {
        int count = 0;
        foreach (SwapTransfer transfer in transfers)
        {
            count += transfer.Outcome == SwapOutcome.Success ? 1 : 0;
        }

        return count;
    }
}
