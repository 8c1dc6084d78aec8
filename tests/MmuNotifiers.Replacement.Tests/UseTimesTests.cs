using CsCheck;

namespace MmuNotifiers.Replacement.Tests;

/// <summary>What the vectors find is what a sort finds.</summary>
public sealed class UseTimesTests
{
    private const uint Now = 1_000_003;

    [Fact]
    public void By_recency_the_pages_that_were_used_longest_ago_go_first() =>
        Pages.Sample((pages, room) => Check(pages, room, VictimRule.Recency, turnover: 16_000, static (page, _) => Now - page.LastUse + 1), iter: 2000);

    [Fact]
    public void By_interval_the_pages_go_first_whose_next_use_is_farthest_from_now() =>
        Pages.Sample((pages, room) => Check(pages, room, VictimRule.Interval, turnover: 16_000, IntervalScore), iter: 2000);

    [Fact]
    public void By_expectation_the_pages_go_first_that_will_stay_unused_longest()
    {
        ReuseStatistics reuse = new(1000);
        Random random = new(1);
        for (int use = 0; use < 500; use++)
        {
            reuse.NoteInWalk((uint)random.Next(60_000), (uint)random.Next(60_000), (uint)random.Next(60_000));
        }

        reuse.EndWalk(pages: 2000);
        Pages.Sample(
            (pages, room) => Check(
                pages, room, VictimRule.Expectation, turnover: 16_000, (page, turnover) => Now - page.LastUse < turnover / 20 ? 0 : reuse.Score(Now - page.LastUse, page.Interval), reuse),
            iter: 2000);
    }

    [Fact]
    public void A_page_that_was_used_just_now_goes_last_and_one_whose_use_lies_ahead_stays()
    {
        using UseTimes times = new(4);
        times.SetLastUse(new FrameNumber(1), Now + 5);
        times.SetLastUse(new FrameNumber(2), Now);
        times.SetLastUse(new FrameNumber(3), Now - 5);
        Victim[] found = new Victim[4];
        Assert.Equal(2, times.Find(new VictimScale(VictimRule.Recency, Now, 64, new ReuseStatistics(4)), 4, found));
        Assert.Equal((3U, 2U), (found[0].Number, found[1].Number));
    }

    [Fact]
    public void A_page_that_was_deferred_is_found_again_when_another_came_or_the_deferral_ends()
    {
        using ReplacementPolicy policy = new(64);
        FrameNumber frame = new(1);
        policy.Fill(1);
        policy.Arrive(frame);
        Assert.Equal(1, Found());

        policy.Defer(frame);
        Assert.Equal(0, Found());
        policy.EndDeferral();
        Assert.Equal(1, Found());

        policy.Defer(frame);
        Assert.Equal(0, Found());
        policy.Evict(new FrameNumber(2), identity: 0);
        Assert.Equal(1, Found());

        int Found() => policy.Find(VictimRule.Recency, 64, new Victim[4]);
    }

    [Fact]
    public void The_rule_by_which_a_page_was_chosen_is_kept_beside_its_interval()
    {
        using UseTimes times = new(1);
        FrameNumber frame = new(0);
        times.SetInterval(frame, 4096);
        Assert.Null(times.Rule(frame));
        times.SetRule(frame, VictimRule.Recency);
        Assert.Equal((4096U, VictimRule.Recency), (times.Interval(frame), times.Rule(frame)));
        times.SetRule(frame, VictimRule.Expectation);
        Assert.Equal((4096U, VictimRule.Expectation), (times.Interval(frame), times.Rule(frame)));
        times.SetRule(frame, VictimRule.Interval);
        Assert.Equal((4096U, VictimRule.Interval), (times.Interval(frame), times.Rule(frame)));
        times.SetInterval(frame, 8192);
        Assert.Null(times.Rule(frame));
    }

    [Fact]
    public void A_page_is_remembered_until_it_is_asked_for_or_displaced()
    {
        using EvictionHistory history = new(1000);
        EvictedPageRecord page = new(7, 64, 99, VictimRule.Interval);
        history.Add(12345, page);
        Assert.Null(history.Take(12346));
        Assert.Equal(page, history.Take(12345));
        Assert.Null(history.Take(12345));
        for (ulong identity = 1; identity <= 500; identity++)
        {
            history.Add(identity, new EvictedPageRecord((uint)identity, 4, 5, null));
        }

        int kept = 0;
        for (ulong identity = 1; identity <= 500; identity++)
        {
            EvictedPageRecord? found = history.Take(identity);
            Assert.True(found is null || found.Value.LastUse == identity);
            kept += found is null ? 0 : 1;
        }

        Assert.InRange(kept, 300, 500);
    }

    private static Gen<((uint LastUse, uint Interval)[], int)> Pages => Gen.Select(
        Gen.Select(Gen.OneOf(Gen.UInt[Now - 100_000, Now], Gen.Const(0U), Gen.UInt[Now - 50, Now]), Gen.OneOf(Gen.Const(0U), Gen.UInt[4, 50_000].Select(each => each & ~3U))).Array[1, 700],
        Gen.Int[1, 80]);

    private static uint IntervalScore((uint LastUse, uint Interval) page, uint turnover)
    {
        uint age = Now - page.LastUse;
        uint interval = page.Interval == 0 ? 2 * turnover : page.Interval;
        return age < turnover / 20 ? 0 : interval > age ? interval - age : (age - interval) / 2;
    }

    private static void Check(
        (uint LastUse, uint Interval)[] pages, int room, VictimRule rule, uint turnover, Func<(uint LastUse, uint Interval), uint, uint> score,
        ReuseStatistics? reuse = null)
    {
        using UseTimes times = new(pages.Length);
        List<FrameNumber> all = [];
        for (int number = 0; number < pages.Length; number++)
        {
            FrameNumber frame = new((ulong)number);
            all.Add(frame);
            times.SetLastUse(frame, pages[number].LastUse);
            times.SetInterval(frame, pages[number].Interval);
        }

        uint[] expected = [.. pages.Where(page => page.LastUse != 0).Select(page => score(page, turnover)).Where(each => each > 0).OrderDescending().Take(room)];
        Victim[] found = new Victim[room];
        VictimScale scale = new(rule, Now, turnover, reuse ?? new ReuseStatistics(1000));
        AssertFound(times.Find(in scale, pages.Length, found));
        AssertFound(times.Find(in scale, all, found));

        void AssertFound(int count)
        {
            Assert.Equal(expected, found[..count].Select(victim => score(pages[victim.Number], turnover)));
            Assert.Equal(count, found[..count].Select(victim => victim.Number).Distinct().Count());
            Assert.All(found[..count], victim => Assert.Equal(pages[victim.Number].LastUse, victim.LastUse));
        }
    }
}
