using CsCheck;

namespace MmuNotifiers.Primary.Tests.Objects;

public sealed class PageCacheTests
{
    private static readonly ulong[] Edges = [0, 500, 512, 262_143, 134_217_728, (1UL << 51) - 20];

    /// <summary>Page numbers near each other and near the edges of the tree's levels.</summary>
    private static readonly Gen<ulong> PageIndex = Gen.Select(
        Gen.Int[0, 5].Select(edge => Edges[edge]),
        Gen.ULong[0, 19],
        (start, offset) => start + offset);

    /// <summary>Every kind of thing that can be known of a page.</summary>
    private static readonly Gen<PageSlot> Slot = Gen.OneOf<PageSlot>(
        Gen.ULong[0, (1UL << 31) - 1].Select(static frame => PageSlot.Present(new FrameNumber(frame))),
        Gen.ULong[0, (1UL << 52) - 1].Select(static entry => PageSlot.Swapped(SwapEntry.Of(entry))),
        Gen.ULong[0, 1UL << 40].Select(static number => PageSlot.Dropped(number)),
        Gen.Const(PageSlot.Absent));

    [Fact]
    public void A_page_cache_holds_what_a_dictionary_would()
    {
        Gen.Select(Gen.Int[0, 2], PageIndex, PageIndex, Slot).Array[1, 60].Sample(
            steps =>
            {
                PageCache cache = new();
                SortedDictionary<ulong, PageSlot> model = [];
                foreach ((int kind, ulong one, ulong other, PageSlot slot) in steps)
                {
                    if (kind < 2)
                    {
                        Set(cache, model, one, slot);
                    }
                    else
                    {
                        Take(cache, model, Math.Min(one, other), Math.Max(one, other));
                    }

                    Assert.Equal((ulong)model.Values.Count(static page => page.IsPresent), cache.Count);
                    Assert.Equal((ulong)model.Values.Count(static page => page.IsSwapped), cache.SwappedCount);
                    Assert.Equal(model.GetValueOrDefault(other), cache.Find(other));
                }
            },
            iter: 2_000);
    }

    [Fact]
    public void What_is_known_of_a_page_is_one_of_four_things_and_keeps_its_number()
    {
        Slot.Sample(static slot => Assert.Equal(
            1, new[] { slot.IsAbsent, slot.IsPresent, slot.IsSwapped, slot.IsDropped }.Count(static holds => holds)));
        Assert.Equal(new FrameNumber(7), PageSlot.Present(new FrameNumber(7)).Frame);
        SwapEntry last = new(SwapEntry.MaxAreas - 1, SwapEntry.MaxSlots - 1);
        Assert.Equal(last, PageSlot.Swapped(last).Entry);
    }

    [Fact]
    public void A_page_far_up_costs_a_handful_of_nodes()
    {
        PageCache cache = new();
        long before = GC.GetAllocatedBytesForCurrentThread();
        cache.Set((1UL << 51) - 1, PageSlot.Present(new FrameNumber(1)));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        Assert.True(cache.Find(ulong.MaxValue).IsAbsent);
        Assert.True(cache.Find(0).IsAbsent);
        Assert.True(cache.Find((1UL << 51) - 1).IsPresent);
    }

    private static void Set(PageCache cache, SortedDictionary<ulong, PageSlot> model, ulong index, PageSlot slot)
    {
        cache.Set(index, slot);
        if (slot.IsAbsent)
        {
            model.Remove(index);
        }
        else
        {
            model[index] = slot;
        }
    }

    private static void Take(PageCache cache, SortedDictionary<ulong, PageSlot> model, ulong first, ulong end)
    {
        List<CachedPage> copied = [];
        List<CachedPage> taken = [];
        cache.CopyRange(first, end, copied);
        cache.TakeRange(first, end, taken);
        CachedPage[] expected = [.. model.Where(page => page.Key >= first && page.Key < end).Select(page => new CachedPage(page.Key, page.Value))];
        Assert.Equal(expected, copied);
        Assert.Equal(expected, taken);
        foreach (CachedPage page in expected)
        {
            model.Remove(page.Index);
        }
    }
}
