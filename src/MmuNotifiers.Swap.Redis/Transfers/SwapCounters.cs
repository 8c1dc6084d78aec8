namespace MmuNotifiers.Swap.Redis.Transfers;

/// <summary>The counters behind <see cref="RedisSwapStatistics"/>. Guarded by: each is changed by interlocked operations alone.</summary>
internal sealed class SwapCounters
{
    private long _written;
    private long _read;
    private long _lost;
    private long _corrupt;
    private long _failed;
    private long _retries;
    private long _messages;
    private long _pagesInFlight;
    private long _peakPagesInFlight;

    public RedisSwapStatistics Snapshot() => new(
        Volatile.Read(ref _written),
        Volatile.Read(ref _read),
        Volatile.Read(ref _lost),
        Volatile.Read(ref _corrupt),
        Volatile.Read(ref _failed),
        Volatile.Read(ref _retries),
        Volatile.Read(ref _messages),
        Volatile.Read(ref _pagesInFlight) * PageFormat.ValueBytes,
        Volatile.Read(ref _peakPagesInFlight) * PageFormat.ValueBytes);

    public void Message() => Interlocked.Increment(ref _messages);

    public void Retry(int pages) => Interlocked.Add(ref _retries, pages);

    public void Written() => Interlocked.Increment(ref _written);

    /// <summary>Counts a page whose transfer ended otherwise than in a write's success.</summary>
    public void Ended(SwapOutcome outcome)
    {
        switch (outcome)
        {
            case SwapOutcome.Success:
                Interlocked.Increment(ref _read);
                break;
            case SwapOutcome.Lost:
                Interlocked.Increment(ref _lost);
                break;
            case SwapOutcome.Corrupt:
                Interlocked.Increment(ref _corrupt);
                break;
            default:
                Interlocked.Increment(ref _failed);
                break;
        }
    }

    public void Sent(int pages)
    {
        long now = Interlocked.Add(ref _pagesInFlight, pages);
        long peak = Volatile.Read(ref _peakPagesInFlight);
        while (now > peak)
        {
            long seen = Interlocked.CompareExchange(ref _peakPagesInFlight, now, peak);
            if (seen == peak)
            {
                return;
            }

            peak = seen;
        }
    }

    public void Settled(int pages) => Interlocked.Add(ref _pagesInFlight, -pages);
}
