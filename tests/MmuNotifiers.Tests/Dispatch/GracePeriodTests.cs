using MmuNotifiers.Tests.Support;

namespace MmuNotifiers.Tests.Dispatch;

public sealed class GracePeriodTests
{
    private readonly GracePeriod _grace = new();

    [Fact]
    public void Synchronize_waits_for_a_section_that_was_open_and_not_for_one_that_opens_later()
    {
        using Parking old = new();
        using Parking young = new();
        TestThread oldReader = ParkInside(old);
        old.WaitForArrival();
        TestThread waiter = TestThread.Run(_grace.Synchronize);
        waiter.AssertBlocks();
        TestThread youngReader = ParkInside(young);
        young.WaitForArrival();

        old.Release();
        waiter.Join();

        young.Release();
        oldReader.Join();
        youngReader.Join();
    }

    [Fact]
    public void A_thread_that_leaves_and_enters_again_is_not_waited_for_twice()
    {
        using Parking first = new();
        using Parking second = new();
        TestThread reader = TestThread.Run(() =>
        {
            using (_grace.Enter())
            {
                first.Park();
            }

            using (_grace.Enter())
            {
                second.Park();
            }
        });
        first.WaitForArrival();
        TestThread waiter = TestThread.Run(_grace.Synchronize);
        waiter.AssertBlocks();

        first.Release();
        second.WaitForArrival();
        waiter.Join();

        second.Release();
        reader.Join();
    }

    [Fact]
    public void The_end_of_a_nested_section_is_not_the_end()
    {
        using Parking afterNested = new();
        TestThread reader = TestThread.Run(() =>
        {
            using GraceSection outer = _grace.Enter();
            using (_grace.Enter())
            {
            }

            afterNested.Park();
        });
        afterNested.WaitForArrival();

        TestThread waiter = TestThread.Run(_grace.Synchronize);
        waiter.AssertBlocks();

        afterNested.Release();
        reader.Join();
        waiter.Join();
    }

    [Fact]
    public void Several_waiters_of_one_section_all_go_on()
    {
        using Parking parking = new();
        TestThread reader = ParkInside(parking);
        parking.WaitForArrival();
        TestThread[] waiters = [.. Enumerable.Range(0, 3).Select(_ => TestThread.Run(_grace.Synchronize))];
        Assert.All(waiters, waiter => waiter.AssertBlocks());

        parking.Release();

        Assert.All(waiters, waiter => waiter.Join());
        reader.Join();
    }

    [Fact]
    public void Waiting_inside_a_section_is_refused()
    {
        using GraceSection section = _grace.Enter();
        Assert.True(_grace.IsInside);
        Assert.Throws<InvalidOperationException>(_grace.Synchronize);
    }

    [Fact]
    public void A_section_of_another_grace_period_is_no_concern()
    {
        using GraceSection section = new GracePeriod().Enter();
        Assert.False(_grace.IsInside);
        _grace.Synchronize();
    }

    [Fact]
    public void A_cookie_elapses_when_the_sections_of_its_moment_have_ended()
    {
        using Parking old = new();
        using Parking young = new();
        TestThread oldReader = ParkInside(old);
        old.WaitForArrival();
        GraceCookie cookie = _grace.Now();
        Assert.False(_grace.TryAdvance(cookie));
        TestThread youngReader = ParkInside(young);
        young.WaitForArrival();
        Assert.False(_grace.TryAdvance(cookie));

        old.Release();
        oldReader.Join();

        Assert.True(_grace.TryAdvance(cookie));
        Assert.True(_grace.IsElapsed(cookie));
        young.Release();
        youngReader.Join();
    }

    [Fact]
    public void A_cookie_taken_while_a_grace_period_runs_needs_the_next_one()
    {
        using Parking first = new();
        using Parking second = new();
        TestThread firstReader = ParkInside(first);
        first.WaitForArrival();
        GraceCookie early = _grace.Now();
        Assert.False(_grace.TryAdvance(early));
        TestThread secondReader = ParkInside(second);
        second.WaitForArrival();
        GraceCookie late = _grace.Now();
        first.Release();
        firstReader.Join();

        Assert.True(_grace.TryAdvance(early));
        Assert.False(_grace.TryAdvance(late));
        second.Release();
        secondReader.Join();
        Assert.True(_grace.TryAdvance(late));
    }

    [Fact]
    public void Threads_that_died_leave_nothing_to_wait_for()
    {
        for (int i = 0; i < 50; i++)
        {
            TestThread.Run(() => _grace.Enter().Dispose()).Join();
        }

        _grace.Synchronize();
        GraceCookie cookie = _grace.Now();
        Assert.True(_grace.TryAdvance(cookie));
    }

    private TestThread ParkInside(Parking parking) => TestThread.Run(() =>
    {
        using GraceSection section = _grace.Enter();
        parking.Park();
    });
}
