using System.Diagnostics;
using MmuNotifiers.Tests.Support;

namespace MmuNotifiers.Tests.Dispatch;

/// <summary>
/// B6 on real threads: when registration has returned, every bracket that is open has told the new subscriber; when disposal has
/// returned, no callback runs. A frozen list that publishes without waiting must be caught first.
/// </summary>
public sealed class RegistrationStressTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    [Fact]
    public void Registration_and_disposal_are_atomic_to_brackets()
    {
        Assert.True(new Race(new UnwaitingList()).FindsViolation(TimeSpan.FromSeconds(10)), "The list that does not wait was not caught: inconclusive.");
        Assert.False(new Race(new RealList()).FindsViolation(Limit));
    }

    private interface IList
    {
        IDisposable Add(Subscriber subscriber);

        void Bracket(Primary primary, Action inside);
    }

    private sealed class Race(IList list)
    {
        private readonly Primary[] _primaries = [new(), new()];
        private volatile bool _isOver;
        private volatile bool _isViolated;

        internal bool FindsViolation(TimeSpan limit)
        {
            List<TestThread> threads = [.. _primaries.Select(primary => TestThread.Run(() => RunBrackets(primary))), TestThread.Run(Register)];
            long start = Stopwatch.GetTimestamp();
            while (!_isViolated && Stopwatch.GetElapsedTime(start) < limit)
            {
                Thread.Yield();
            }

            _isOver = true;
            threads.ForEach(thread => thread.Join());
            return _isViolated;
        }

        private void RunBrackets(Primary primary)
        {
            while (!_isOver)
            {
                primary.Number++;
                list.Bracket(primary, () =>
                {
                    Interlocked.Exchange(ref primary.Inside, primary.Number);
                    if (primary.Number % 64 == 0)
                    {
                        Thread.Yield();
                    }

                    Interlocked.Exchange(ref primary.Inside, 0);
                });
            }
        }

        private void Register()
        {
            while (!_isOver)
            {
                Subscriber subscriber = new();
                using (list.Add(subscriber))
                {
                    foreach (Primary primary in _primaries)
                    {
                        long inside = Interlocked.Read(ref primary.Inside);
                        _isViolated |= inside != 0 && inside != subscriber.LastTold(primary) && inside == Interlocked.Read(ref primary.Inside);
                    }
                }

                subscriber.IsGone = true;
                Thread.Yield();
                _isViolated |= subscriber.WasToldAfterItsEnd;
            }
        }
    }

    /// <summary>Who opens brackets, one after the other, each with a number.</summary>
    private sealed class Primary
    {
        internal long Number;

        /// <summary>The number of the bracket whose ptes are changing now, or 0.</summary>
        internal long Inside;
    }

    private sealed class Subscriber : IMmuNotifier
    {
        private readonly Dictionary<Primary, long> _told = [];

        internal volatile bool IsGone;
        internal volatile bool WasToldAfterItsEnd;

        internal long LastTold(Primary primary)
        {
            lock (_told)
            {
                return _told.GetValueOrDefault(primary);
            }
        }

        public bool InvalidateRangeStart(in InvalidationRange range)
        {
            lock (_told)
            {
                Primary primary = (Primary)range.Owner!;
                _told[primary] = primary.Number;
            }

            WasToldAfterItsEnd |= IsGone;
            return true;
        }

        public void InvalidateRangeEnd(in InvalidationRange range) => WasToldAfterItsEnd |= IsGone;

        public void Release()
        {
        }
    }

    private sealed class RealList : IList
    {
        private readonly NotifierSubscriptions _subscriptions = new();

        public IDisposable Add(Subscriber subscriber) => _subscriptions.Add(subscriber);

        public void Bracket(Primary primary, Action inside)
        {
            using InvalidationScope scope = _subscriptions.Invalidate(new InvalidationRange(Ranges.Pages(1), InvalidationEvent.Clear, owner: primary));
            inside();
        }
    }

    /// <summary>The negative control: subscribers come and go at once, whoever is inside a bracket.</summary>
    private sealed class UnwaitingList : IList
    {
        private volatile Subscriber[] _subscribers = [];

        public IDisposable Add(Subscriber subscriber)
        {
            _subscribers = [subscriber];
            return new Removal(this);
        }

        public void Bracket(Primary primary, Action inside)
        {
            Subscriber[] subscribers = _subscribers;
            InvalidationRange range = new(Ranges.Pages(1), InvalidationEvent.Clear, owner: primary);
            Array.ForEach(subscribers, subscriber => subscriber.InvalidateRangeStart(in range));
            inside();
            Array.ForEach(subscribers, subscriber => subscriber.InvalidateRangeEnd(in range));
        }

        private sealed class Removal(UnwaitingList list) : IDisposable
        {
            public void Dispose() => list._subscribers = [];
        }
    }
}
