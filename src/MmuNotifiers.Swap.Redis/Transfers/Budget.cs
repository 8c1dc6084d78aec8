using System.Threading.RateLimiting;

namespace MmuNotifiers.Swap.Redis.Transfers;

/// <summary>
/// The back-pressure: how many pages may be under way at a time. Who would exceed it waits its turn, first come first served. A permit is held until the
/// client has let go of the command, also when the operation has given it up long before, so that a server that does not answer cannot fill the memory.
/// </summary>
internal sealed class Budget : IDisposable
{
    private readonly ConcurrencyLimiter _limiter;
    private readonly SwapCounters _counters;

    public Budget(long maxBytes, SwapCounters counters)
    {
        _counters = counters;
        _limiter = new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = (int)(maxBytes / PageFormat.ValueBytes),
            QueueLimit = int.MaxValue,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });
    }

    /// <summary>Waits for permits for some pages, at most a group's.</summary>
    /// <param name="pages">How many.</param>
    /// <param name="deadline">Ends the wait.</param>
    /// <returns>The permits, to be disposed; null when the deadline or the end of the store came first.</returns>
    public async ValueTask<Permits?> AcquireAsync(int pages, CancellationToken deadline)
    {
        try
        {
            RateLimitLease lease = await _limiter.AcquireAsync(pages, deadline).ConfigureAwait(false);
            if (!lease.IsAcquired)
            {
                lease.Dispose();
                return null;
            }

            _counters.Sent(pages);
            return new Permits(lease, pages, _counters);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    public void Dispose() => _limiter.Dispose();

    /// <summary>The right to have some pages under way.</summary>
    internal sealed class Permits(RateLimitLease lease, int pages, SwapCounters counters) : IDisposable
    {
        public void Dispose()
        {
            counters.Settled(pages);
            lease.Dispose();
        }
    }
}
