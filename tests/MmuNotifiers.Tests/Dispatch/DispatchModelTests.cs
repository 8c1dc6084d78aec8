using CsCheck;
using MmuNotifiers.Tests.Support;

namespace MmuNotifiers.Tests.Dispatch;

/// <summary>Random coming and going of subscribers and brackets, nested as brackets nest, against a model of who must be told.</summary>
public sealed class DispatchModelTests
{
    private static readonly Gen<Step> AnyStep = Gen.Select(
        Gen.Enum<StepKind>(), Gen.ULong[0, 60], Gen.ULong[1, 20], Gen.Int[0, 1000], (kind, first, pages, pick) => new Step(kind, Ranges.Pages(first, pages), pick));

    private enum StepKind
    {
        AddInterval,
        AddList,
        RemoveInterval,
        RemoveList,
        Bracket,
        NestedBracket,
        RefusedByList,
        RefusedByInterval,
    }

    [Fact]
    public void Exactly_those_are_told_who_must_be_and_every_start_gets_its_end() =>
        AnyStep.Array[1, 60].Sample(steps => new Run().Do(steps), iter: 2_000);

    private sealed record Step(StepKind Kind, AddressRange Range, int Pick);

    private sealed class Run
    {
        private readonly NotifierSubscriptions _subscriptions = new();
        private readonly List<(Listener Listener, NotifierSubscription Subscription)> _list = [];
        private readonly List<(Listener Listener, IntervalSubscription Subscription)> _intervals = [];
        private readonly List<string> _told = [];
        private int _names;
        private Listener? _refuser;

        internal void Do(Step[] steps)
        {
            foreach (Step step in steps)
            {
                Do(step);
                AssertNobodyIsInsideABracket();
            }

            _list.ForEach(subscriber => subscriber.Subscription.Dispose());
            _intervals.ForEach(subscriber => subscriber.Subscription.Dispose());
            Assert.True(_subscriptions.IsEmpty);
        }

        private void Do(Step step)
        {
            switch (step.Kind)
            {
                case StepKind.AddInterval:
                    Listener interval = new(this, $"i{_names++}");
                    _intervals.Add((interval, _subscriptions.Add(interval, step.Range)));
                    break;
                case StepKind.AddList:
                    Listener list = new(this, $"n{_names++}");
                    _list.Add((list, _subscriptions.Add((IMmuNotifier)list)));
                    break;
                case StepKind.RemoveInterval when _intervals.Count > 0:
                    _intervals[step.Pick % _intervals.Count].Subscription.Dispose();
                    _intervals.RemoveAt(step.Pick % _intervals.Count);
                    break;
                case StepKind.RemoveList when _list.Count > 0:
                    _list[step.Pick % _list.Count].Subscription.Dispose();
                    _list.RemoveAt(step.Pick % _list.Count);
                    break;
                case StepKind.Bracket:
                    Bracket(step.Range, inside: () => { });
                    break;
                case StepKind.NestedBracket:
                    Bracket(step.Range, inside: () => Bracket(Ranges.Pages((ulong)(step.Pick % 50), 5), inside: AddIntervalInside));
                    break;
                case StepKind.RefusedByList when _list.Count > 0:
                    Refused(step.Range, _list[step.Pick % _list.Count].Listener);
                    break;
                case StepKind.RefusedByInterval when _intervals.Count > 0:
                    Refused(step.Range, _intervals[step.Pick % _intervals.Count].Listener);
                    break;
                default:
                    break;
            }
        }

        private void AddIntervalInside()
        {
            Listener late = new(this, $"i{_names++}");
            _intervals.Add((late, _subscriptions.Add(late, Ranges.Pages(0, 100))));
        }

        private void Bracket(AddressRange range, Action inside)
        {
            string[] hit = [.. Hit(range)];
            string[] list = [.. _list.Select(subscriber => subscriber.Listener.Name)];
            Dictionary<Listener, ulong> before = _intervals.ToDictionary(subscriber => subscriber.Listener, subscriber => subscriber.Listener.Sequence);
            _told.Clear();
            using (_subscriptions.Invalidate(new InvalidationRange(range, InvalidationEvent.Clear)))
            {
                Assert.Equal(hit.Order(), _told.Take(hit.Length).Order());
                Assert.Equal(list.Select(name => $"{name}.start"), _told.Skip(hit.Length));
                foreach ((Listener listener, IntervalSubscription subscription) in _intervals.Where(subscriber => before.ContainsKey(subscriber.Listener)))
                {
                    Assert.Equal(hit.Contains(listener.Name), listener.Sequence != before[listener]);
                    Assert.True(subscription.HasOpenBrackets || !hit.Contains(listener.Name));
                }

                inside();
                _told.Clear();
            }

            Assert.Equal(list.Select(name => $"{name}.end"), _told);
        }

        private void Refused(AddressRange range, Listener refuser)
        {
            _refuser = refuser;
            _told.Clear();
            bool isOpen = _subscriptions.TryInvalidate(new InvalidationRange(range, InvalidationEvent.Clear), out InvalidationScope scope);
            Assert.Equal(isOpen, !_list.Exists(subscriber => subscriber.Listener == refuser) && !Hit(range).Contains(refuser.Name));
            scope.Dispose();
            _refuser = null;
            if (!isOpen)
            {
                string[] accepted = [.. _told.Where(call => call.EndsWith(".start", StringComparison.Ordinal) && call != $"{refuser.Name}.start")];
                Assert.Equal(accepted.Select(call => call.Replace(".start", ".end", StringComparison.Ordinal)), _told.Where(call => call.EndsWith(".end", StringComparison.Ordinal)));
            }
        }

        private IEnumerable<string> Hit(AddressRange range) =>
            _intervals.Where(subscriber => subscriber.Subscription.Range.Overlaps(range)).Select(subscriber => subscriber.Listener.Name);

        private void AssertNobodyIsInsideABracket()
        {
            Assert.All(_list, subscriber => Assert.Equal(0, subscriber.Listener.Open));
            Assert.All(_intervals, subscriber => Assert.False(subscriber.Subscription.HasOpenBrackets));
            Assert.All(_intervals, subscriber => Assert.False(subscriber.Subscription.ReadRetry(subscriber.Subscription.ReadBegin())));
        }

        private sealed class Listener(Run run, string name) : IMmuNotifier, IIntervalNotifier
        {
            internal string Name { get; } = name;

            internal int Open { get; private set; }

            internal ulong Sequence { get; private set; } = 1;

            public bool InvalidateRangeStart(in InvalidationRange range)
            {
                run._told.Add($"{Name}.start");
                bool accepts = run._refuser != this;
                Open += accepts ? 1 : 0;
                return accepts;
            }

            public void InvalidateRangeEnd(in InvalidationRange range)
            {
                run._told.Add($"{Name}.end");
                Open--;
            }

            public void Release() => run._told.Add($"{Name}.release");

            public bool Invalidate(IntervalSubscription subscription, in InvalidationRange range, ulong sequence)
            {
                if (run._refuser == this)
                {
                    return false;
                }

                run._told.Add(Name);
                Sequence = sequence;
                subscription.SetSequence(sequence);
                return true;
            }
        }
    }
}
