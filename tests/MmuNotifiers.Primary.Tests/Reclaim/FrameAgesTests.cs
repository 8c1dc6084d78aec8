using CsCheck;

namespace MmuNotifiers.Primary.Tests.Reclaim;

/// <summary>The generations of frames: what the vectors find is what a sort finds.</summary>
public sealed class FrameAgesTests
{
    [Fact]
    public void The_oldest_frames_are_those_of_the_lowest_generations() =>
        Gen.Select(Gen.OneOf(Gen.UShort, Gen.UShort[0, 3]).Array[1, 400], Gen.Int[1, 500]).Sample(CheckOldest, iter: 3000);

    [Fact]
    public void Frames_keep_their_order_when_the_numbers_are_used_up()
    {
        using FrameAges ages = new(10);
        FrameNumber ancient = new(1);
        FrameNumber old = new(2);
        FrameNumber young = new(3);
        ages.Set(ancient, ages.Youngest);
        for (int walk = 0; walk < 100_000; walk++)
        {
            if (walk == 90_000)
            {
                ages.Set(old, ages.Youngest);
            }

            ages.Advance();
        }

        ages.Set(young, ages.Youngest);
        Assert.InRange(ages[ancient], 1, ages[old] - 1);
        Assert.InRange(ages[old], ages[ancient] + 1, ages[young] - 1);
        Assert.Equal(0, ages[new FrameNumber(4)]);
        AgedFrame[] found = new AgedFrame[10];
        Assert.Equal(3, ages.FindOldest(10, found));
        Assert.Equal([ancient, old, young], found[..3].Select(each => each.Frame));
    }

    [Fact]
    public void A_store_that_comes_while_the_numbers_move_down_is_not_lost()
    {
        const int Frames = 4096;
        using FrameAges ages = new(Frames);
        bool isOver = false;
        long rounds = 0;
        int lost = 0;
        Thread faults = new(() =>
        {
            while (!Volatile.Read(ref isOver))
            {
                rounds++;
                for (ulong frame = 0; frame < Frames; frame += 2)
                {
                    ages.Forget(new FrameNumber(frame));
                    ages.Set(new FrameNumber(frame), ages.Youngest);
                    lost += ages[new FrameNumber(frame)] == 0 ? 1 : 0;
                }
            }
        });
        faults.Start();
        for (int walk = 0; walk < 2_000_000; walk++)
        {
            ages.Advance();
        }

        Volatile.Write(ref isOver, true);
        faults.Join();
        Assert.True(rounds > 0);
        Assert.Equal(0, lost);
        Assert.Equal(Frames / 2, ages.CountUpTo(ushort.MaxValue, Frames));
    }

    private static void CheckOldest(ushort[] generations, int room)
    {
        using FrameAges ages = new(generations.Length);
        for (int frame = 0; frame < generations.Length; frame++)
        {
            ages.Set(new FrameNumber((ulong)frame), generations[frame]);
        }

        ushort[] expected = [.. generations.Where(generation => generation != 0).Order().Take(room)];
        AgedFrame[] found = new AgedFrame[room];
        int count = ages.FindOldest(generations.Length, found);
        Assert.Equal(expected, found[..count].Select(each => each.Generation));
        Assert.All(found[..count], each => Assert.Equal(generations[each.Frame.Value], each.Generation));
        Assert.Equal(count, found[..count].Distinct().Count());
        Assert.Equal(generations.Count(generation => generation is > 0 and <= 100), ages.CountUpTo(100, generations.Length));
    }
}
