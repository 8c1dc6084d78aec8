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

    [Fact]
    public void A_page_cache_holds_what_a_dictionary_would()
    {
        Gen.Select(Gen.Int[0, 2], PageIndex, PageIndex).Array[1, 60].Sample(
            steps =>
            {
                PageCache cache = new();
                SortedDictionary<ulong, FrameNumber> model = [];
                for (int i = 0; i < steps.Length; i++)
                {
                    (int kind, ulong one, ulong other) = steps[i];
                    if (kind < 2)
                    {
                        Insert(cache, model, one, new FrameNumber((ulong)i));
                    }
                    else
                    {
                        Take(cache, model, Math.Min(one, other), Math.Max(one, other));
                    }

                    Assert.Equal((ulong)model.Count, cache.Count);
                    Assert.Equal(model.TryGetValue(other, out FrameNumber expected), cache.TryFind(other, out FrameNumber found));
                    Assert.Equal(expected, model.ContainsKey(other) ? found : default);
                }
            },
            iter: 2_000);
    }

    [Fact]
    public void A_page_far_up_costs_a_handful_of_nodes()
    {
        PageCache cache = new();
        long before = GC.GetAllocatedBytesForCurrentThread();
        cache.Insert((1UL << 51) - 1, new FrameNumber(1));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        Assert.False(cache.TryFind(ulong.MaxValue, out _));
        Assert.False(cache.TryFind(0, out _));
        Assert.True(cache.TryFind((1UL << 51) - 1, out _));
    }

    private static void Insert(PageCache cache, SortedDictionary<ulong, FrameNumber> model, ulong index, FrameNumber frame)
    {
        if (model.TryAdd(index, frame))
        {
            cache.Insert(index, frame);
        }
    }

    private static void Take(PageCache cache, SortedDictionary<ulong, FrameNumber> model, ulong first, ulong end)
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
