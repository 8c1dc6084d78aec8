namespace MmuNotifiers.Replacement.Tests;

/// <summary>What is expected of a page is what was seen of others like it.</summary>
public sealed class ReuseStatisticsTests
{
    private const int Frames = 1024;
    private const uint Walk = Frames / 32 * ReplacementPolicy.TicksPerPage;
    private const uint Turnover = Frames * ReplacementPolicy.TicksPerPage;

    [Fact]
    public void Of_what_was_never_seen_the_oldest_goes_first()
    {
        ReuseStatistics reuse = new(Frames);
        Assert.True(reuse.Score(3 * Walk, 0) > reuse.Score(2 * Walk, 0));
        Assert.True(reuse.Score(3 * Walk, 40 * Walk) > reuse.Score(2 * Walk, Walk));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pages_that_come_back_soon_stay_and_those_that_never_do_go(bool isNotedByAnotherThread)
    {
        ReuseStatistics reuse = new(Frames);
        uint soon = 4 * Walk;
        uint late = 16 * Walk;
        for (int use = 0; use < 60; use++)
        {
            Note(soon, soon, soon);
            Note(0, 2 * Walk, late);
        }

        reuse.EndWalk(pages: Frames);
        Assert.True(reuse.Score(2 * Walk, late) > reuse.Score(2 * Walk, soon), "A page of which nothing is known but that its like never came back stays.");
        Assert.True(reuse.Score(8 * Walk, soon) > reuse.Score(2 * Walk, late) / 2, "A page whose like always came back long before is still expected.");

        void Note(uint interval, uint pause, uint next)
        {
            if (isNotedByAnotherThread)
            {
                reuse.Note(interval, pause, next);
            }
            else
            {
                reuse.NoteInWalk(interval, pause, next);
            }
        }
    }

    [Fact]
    public void A_page_is_expected_the_sooner_the_nearer_the_end_of_its_period()
    {
        ReuseStatistics reuse = new(Frames);
        for (int use = 0; use < 1000; use++)
        {
            reuse.NoteInWalk(20 * Walk, 20 * Walk, 20 * Walk);
        }

        reuse.EndWalk(pages: Frames);
        for (uint walks = 0; walks < 19; walks++)
        {
            Assert.True(reuse.Score(walks * Walk, 20 * Walk) > reuse.Score((walks + 1) * Walk, 20 * Walk));
        }
    }

    [Fact]
    public void What_was_seen_long_ago_is_forgotten()
    {
        ReuseStatistics reuse = new(Frames);
        for (int use = 0; use < 1000; use++)
        {
            reuse.NoteInWalk(8 * Walk, 8 * Walk, 8 * Walk);
        }

        reuse.EndWalk(pages: Frames);
        uint expected = reuse.Score(Walk, 8 * Walk);
        for (int use = 0; use < 1000; use++)
        {
            reuse.NoteInWalk(0, Turnover, 8 * Walk);
        }

        reuse.EndWalk(pages: 10 * Frames);
        reuse.EndWalk(pages: 11 * Frames);
        Assert.True(reuse.Score(Walk, 8 * Walk) > 2 * expected);
    }
}
