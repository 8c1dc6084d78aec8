using MmuNotifiers.Primary.Tests.Calls;

namespace MmuNotifiers.Primary.Tests.Reaping;

/// <summary>What a reaper leaves behind where subscribers refuse.</summary>
public sealed class RefusalTests : CallTest
{
    private readonly Refuser _first = new();
    private readonly Refuser _second = new();

    [Fact]
    public void B14_A_refused_area_stays_as_it_was_and_whoever_accepted_is_told_of_the_end()
    {
        using NotifierSubscription first = Space.Register(_first);
        using NotifierSubscription second = Space.Register(_second);
        Map(0, 2);
        Store(0, 1);
        Store(1, 2);
        _second.Refuses = int.MaxValue;

        Assert.Equal(new ReapResult(0, 0, 1, false), Space.TryReap(maxAttempts: 3));

        Assert.Equal((3, 3), (_first.Starts, _first.Ends));
        Assert.Equal((3, 0), (_second.Starts, _second.Ends));
        Assert.False(Space.IsReaped);
        Assert.Equal(1, Load(0));
        Store(1, 3);
    }

    [Fact]
    public void B30_Readers_of_an_interval_go_on_when_the_list_refuses()
    {
        Map(0, 1);
        Store(0, 1);
        using IntervalSubscription interval = Space.Register(new AcceptingInterval(), AddressRange.FromPages(At(0), 1));
        using NotifierSubscription refuser = Space.Register(_first);
        _first.Refuses = int.MaxValue;
        ulong before = interval.ReadBegin();

        Assert.Equal(1, Space.TryReap().RefusedAreas);

        Assert.True(interval.ReadRetry(before));
        Thread reader = new(() => Assert.False(interval.ReadRetry(interval.ReadBegin())));
        reader.Start();
        Assert.True(reader.Join(TimeSpan.FromSeconds(30)), "the interval was left open");
    }

    [Fact]
    public void An_area_that_is_refused_once_is_asked_again()
    {
        using NotifierSubscription subscription = Space.Register(_first);
        Map(0, 1);
        Map(4, 1);
        Store(0, 1);
        Store(4, 1);
        _first.Refuses = 1;

        Assert.Equal(new ReapResult(2, 0, 0, false), Space.TryReap(maxAttempts: 2));

        // The refused area twice, the other once.
        Assert.Equal((3, 2), (_first.Starts, _first.Ends));
    }

    [Fact]
    public void What_is_left_of_a_half_reaped_address_space_can_be_used_and_the_rest_is_a_bus_error()
    {
        using NotifierSubscription subscription = Space.Register(_first);
        Map(0, 1);
        Map(4, 2);
        Store(0, 1);
        Store(4, 2);
        _first.RefusesAt = At(4);

        Assert.Equal(new ReapResult(1, 0, 1, false), Space.TryReap());

        Assert.Equal(FaultResult.BusError, Touch(0, AccessRights.Read));
        Assert.Equal(2, Load(4));
        Store(4, 3);
        Assert.Equal(FaultResult.BusError, Touch(5));
    }

    private sealed class Refuser : IMmuNotifier
    {
        /// <summary>How many starts are refused from now on.</summary>
        internal int Refuses { get; set; }

        /// <summary>The start of the range that is refused always.</summary>
        internal VirtualAddress? RefusesAt { get; set; }

        internal int Starts { get; private set; }

        internal int Ends { get; private set; }

        public bool InvalidateRangeStart(in InvalidationRange range)
        {
            Starts++;
            bool refuses = !range.IsBlockable && (Refuses > 0 || range.Range.Start == RefusesAt);
            Refuses -= refuses && Refuses > 0 ? 1 : 0;
            return !refuses;
        }

        public void InvalidateRangeEnd(in InvalidationRange range) => Ends++;

        public void Release()
        {
        }
    }

    private sealed class AcceptingInterval : IIntervalNotifier
    {
        public bool Invalidate(IntervalSubscription subscription, in InvalidationRange range, ulong sequence)
        {
            subscription.SetSequence(sequence);
            return true;
        }
    }
}
