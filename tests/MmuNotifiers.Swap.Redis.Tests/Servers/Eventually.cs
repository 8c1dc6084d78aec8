using System.Diagnostics;

namespace MmuNotifiers.Swap.Redis.Tests.Servers;

/// <summary>Waits for what other processes do in their own time.</summary>
internal static class Eventually
{
    public static async Task HoldsAsync(string what, Func<Task<bool>> holds, int seconds = 30)
    {
        var clock = Stopwatch.StartNew();
        while (!await holds())
        {
            if (clock.Elapsed.TotalSeconds > seconds)
            {
                throw new TimeoutException($"after {seconds} s still not: {what}");
            }

            await Task.Delay(20, CancellationToken.None);
        }
    }
}
