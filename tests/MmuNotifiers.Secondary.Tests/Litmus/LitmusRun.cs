using System.Diagnostics;
using static MmuNotifiers.Secondary.Tests.Addresses;

namespace MmuNotifiers.Secondary.Tests;

/// <summary>
/// Devices on threads of their own read and count in a few pages while the primary moves these to other frames and poisons the
/// old ones. A device that goes on with an old translation reads poison, or counts where nobody will find it.
/// </summary>
internal static class LitmusRun
{
    private const int PageCount = 4;
    private const int WordOfFirstDevice = 100;

    private static readonly TimeSpan PauseLimit = TimeSpan.FromMicroseconds(100);

    /// <param name="makeDevice">Makes each thread's device; called on the caller's thread.</param>
    /// <param name="primary">The primary, without pages.</param>
    /// <param name="limit">How long at most.</param>
    /// <param name="stopWhenStale">Whether the first stale access ends the run: a negative control needs no more.</param>
    internal static LitmusOutcome Run(
        Func<ILitmusDevice> makeDevice, FakePrimary primary, TimeSpan limit, bool stopWhenStale)
    {
        const int devices = 2;
        primary.Map(Pages(0, PageCount));
        long steps = 0;
        long poisoned = 0;
        bool stop = false;
        long[,] counted = new long[devices, PageCount];
        Thread[] threads = new Thread[devices];
        for (int i = 0; i < devices; i++)
        {
            int device = i;
            ILitmusDevice at = makeDevice();
            threads[i] = new Thread(() =>
            {
                for (long step = 0; !Volatile.Read(ref stop); step++)
                {
                    int page = (int)(step % PageCount);
                    if (at.TryStep(At(page), WordOfFirstDevice + device, out int bad))
                    {
                        counted[device, page]++;
                        Interlocked.Increment(ref steps);
                    }

                    Interlocked.Add(ref poisoned, bad);
                }
            });
        }

        Array.ForEach(threads, thread => thread.Start());
        long replaced = 0;
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < limit && !(stopWhenStale && Interlocked.Read(ref poisoned) != 0))
        {
            primary.Replace(Pages((int)(replaced % PageCount), 1 + (int)(replaced % 2 * (PageCount - 1 - (replaced % PageCount)))));
            replaced++;

            // Let the devices load translations again, so that the next replacement has something to take away.
            long seen = Interlocked.Read(ref steps);
            long pause = Stopwatch.GetTimestamp();
            while (Interlocked.Read(ref steps) < seen + (replaced % 8) && Stopwatch.GetElapsedTime(pause) < PauseLimit)
            {
                Thread.SpinWait(1);
            }
        }

        Volatile.Write(ref stop, true);
        Array.ForEach(threads, thread => thread.Join());
        long lost = 0;
        for (int device = 0; device < devices; device++)
        {
            for (int page = 0; page < PageCount; page++)
            {
                lost += Math.Abs(counted[device, page] - primary.Load<long>(At(page, (WordOfFirstDevice + device) * 8)));
            }
        }

        return new LitmusOutcome(steps, replaced, poisoned, lost);
    }
}
