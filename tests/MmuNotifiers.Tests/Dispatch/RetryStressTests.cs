using System.Diagnostics;
using MmuNotifiers.Tests.Support;

namespace MmuNotifiers.Tests.Dispatch;

/// <summary>
/// Real threads on real cores: primaries change ptes inside brackets, readers fill a device's table by the retry protocol. Inside
/// a bracket the device must hold no translation of the range (I2), and outside it none but the pte's (I3). The same with a reader
/// that leaves out the retry must be caught first, or the harness proves nothing.
/// </summary>
public sealed class RetryStressTests
{
    private const int PageCount = 8;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    [Fact]
    public void No_translation_is_installed_in_a_bracket_or_stale()
    {
        Assert.True(new Race(checksRetry: false).FindsViolation(TimeSpan.FromSeconds(10)), "The reader without retry was not caught: inconclusive.");
        Assert.False(new Race(checksRetry: true).FindsViolation(Limit));
    }

    private sealed class Race(bool checksRetry) : IIntervalNotifier
    {
        private readonly NotifierSubscriptions _subscriptions = new();
        private readonly Lock _userLock = new();
        private readonly long[] _ptes = [.. Enumerable.Range(1, PageCount).Select(frame => (long)frame)];

        /// <summary>The device's translations; 0 is none. Guarded by <see cref="_userLock"/>.</summary>
        private readonly long[] _device = new long[PageCount];

        private long _nextFrame = 1000;
        private volatile bool _isOver;
        private volatile bool _isViolated;

        public bool Invalidate(IntervalSubscription subscription, in InvalidationRange range, ulong sequence)
        {
            lock (_userLock)
            {
                subscription.SetSequence(sequence);
                for (ulong page = range.Range.Start.PageNumber; page < Math.Min(range.Range.End.PageNumber, PageCount); page++)
                {
                    _device[page] = 0;
                }
            }

            return true;
        }

        internal bool FindsViolation(TimeSpan limit)
        {
            using IntervalSubscription interval = _subscriptions.Add(this, Ranges.Pages(0, PageCount));
            List<TestThread> threads = [];
            threads.AddRange(Enumerable.Range(0, 2).Select(seed => TestThread.Run(() => Change(new Random(seed)))));
            threads.AddRange(Enumerable.Range(0, 2).Select(seed => TestThread.Run(() => Read(interval, new Random(seed)))));
            long start = Stopwatch.GetTimestamp();
            while (!_isViolated && Stopwatch.GetElapsedTime(start) < limit)
            {
                Thread.Yield();
            }

            _isOver = true;
            threads.ForEach(thread => thread.Join());
            return _isViolated;
        }

        private void Change(Random random)
        {
            while (!_isOver)
            {
                int page = random.Next(PageCount);
                using InvalidationScope scope = _subscriptions.Invalidate(Ranges.Unmap((ulong)page, (ulong)random.Next(1, 4)));
                CheckNotInstalled(page);
                Volatile.Write(ref _ptes[page], Interlocked.Increment(ref _nextFrame));
                CheckNotInstalled(page);
            }
        }

        private void CheckNotInstalled(int page)
        {
            lock (_userLock)
            {
                _isViolated |= _device[page] != 0;
            }
        }

        private void Read(IntervalSubscription interval, Random random)
        {
            while (!_isOver)
            {
                int page = random.Next(PageCount);
                ulong sequence = interval.ReadBegin();
                long frame = Volatile.Read(ref _ptes[page]);
                if (random.Next(64) == 0)
                {
                    Thread.Yield();
                }

                lock (_userLock)
                {
                    if (!checksRetry || !interval.ReadRetry(sequence))
                    {
                        _device[page] = frame;
                        _isViolated |= frame != Volatile.Read(ref _ptes[page]);
                    }
                }
            }
        }
    }
}
