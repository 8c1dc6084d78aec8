using static MmuNotifiers.Secondary.Tests.Addresses;

namespace MmuNotifiers.Secondary.Tests;

public sealed class BracketSequenceTests
{
    private readonly BracketSequence _brackets = new();

    [Fact]
    public void A_reader_that_overlaps_an_open_bracket_must_retry()
    {
        _brackets.Start(Pages(2, 2));
        ulong sequence = _brackets.Sample();

        Assert.True(_brackets.MustRetry(Pages(3, 1), sequence));
        Assert.True(_brackets.MustRetry(Pages(0, 8), sequence));
        Assert.False(_brackets.MustRetry(Pages(1, 1), sequence));
        Assert.False(_brackets.MustRetry(Pages(4, 1), sequence));
    }

    [Fact]
    public void A_reader_that_sampled_before_the_end_of_any_bracket_must_retry()
    {
        ulong sequence = _brackets.Sample();
        _brackets.Start(Pages(2, 2));
        _brackets.End();

        Assert.True(_brackets.MustRetry(Pages(3, 1), sequence));
        Assert.False(_brackets.MustRetry(Pages(3, 1), _brackets.Sample()));
    }

    [Fact]
    public void The_range_is_widened_by_each_bracket_and_narrowed_only_when_none_is_open()
    {
        _brackets.Start(Pages(0, 1));
        _brackets.Start(Pages(8, 1));
        _brackets.End();
        Assert.True(_brackets.Covers(Pages(0, 1)));
        Assert.True(_brackets.Covers(Pages(4, 1)));
        Assert.True(_brackets.Covers(Pages(8, 1)));

        _brackets.End();
        Assert.False(_brackets.Covers(Pages(4, 1)));
        _brackets.Start(Pages(8, 1));
        Assert.False(_brackets.Covers(Pages(4, 1)));
    }

    [Fact]
    public void A_wait_for_a_bracket_that_does_not_end_returns()
    {
        _brackets.Start(Pages(0, 1));
        _brackets.AwaitUncovered(Pages(0, 1));
        Assert.True(_brackets.Covers(Pages(0, 1)));
    }
}
