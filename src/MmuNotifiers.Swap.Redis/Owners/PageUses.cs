using StackExchange.Redis;

namespace MmuNotifiers.Swap.Redis.Owners;

/// <summary>How long ago pages were read or written, as their servers know it (OBJECT IDLETIME, to about ten seconds).</summary>
internal static class PageUses
{
    private const int PagesPerRound = 1024;

    /// <summary>The time since the last use of any of some pages; ends as soon as one was used more lately than a limit.</summary>
    /// <returns>Zero where a server does not say, as under a policy that counts how often keys are used (LFU).</returns>
    public static async ValueTask<TimeSpan> LeastIdleAsync(
        SwapConnection connection, IEnumerable<RedisKey> pages, TimeSpan limit, CancellationToken cancellation)
    {
        TimeSpan least = TimeSpan.MaxValue;
        foreach (RedisKey[] batch in pages.Chunk(PagesPerRound))
        {
            Task<TimeSpan?>[] answers =
                [.. batch.Select(key => Calls.Start(() => connection.Database.KeyIdleTimeAsync(key, CommandFlags.DemandMaster)))];
            foreach (Task<TimeSpan?> answer in answers)
            {
                await Patience.WaitAsync(answer, cancellation).ConfigureAwait(false);
                TimeSpan idle = answer.IsCompletedSuccessfully ? answer.Result ?? TimeSpan.MaxValue : TimeSpan.Zero;
                least = idle < least ? idle : least;
            }

            if (least < limit)
            {
                break;
            }
        }

        return least;
    }
}
