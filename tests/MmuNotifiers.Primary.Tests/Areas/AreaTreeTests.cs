using CsCheck;

namespace MmuNotifiers.Primary.Tests.Areas;

/// <summary>The tree against a sorted list, on few pages so that areas often touch.</summary>
public sealed class AreaTreeTests
{
    private const int Pages = 3_000;

    private static readonly Gen<(int Kind, int Page, int Count)[]> Steps =
        Gen.Select(Gen.Int[0, 11], Gen.Int[0, Pages - 1], Gen.Int[1, 4]).Array[0, 1_500];

    [Fact]
    public void Every_look_up_and_every_gap_is_what_a_sorted_list_says() => Steps.Sample(RunAgainstList, iter: 60);

    [Fact]
    public void Areas_in_ascending_and_descending_order_fill_their_nodes()
    {
        foreach (bool ascending in new[] { true, false })
        {
            AreaTree tree = new();
            for (int i = 0; i < 10_000; i++)
            {
                tree.Insert(AreaAt(ascending ? i * 2 : 20_000 - (i * 2), 1));
            }

            tree.AssertInvariants();
            Assert.Equal(10_000, tree.Count);
            Assert.False(tree.TryFindHighestGap(2UL << Page.Shift, Range(2, 19_000), out _));
        }
    }

    [Fact]
    public void A_tree_that_was_emptied_is_as_good_as_new()
    {
        AreaTree tree = new();
        Area[] areas = [.. Enumerable.Range(0, 5_000).Select(i => AreaAt(i, 1))];
        foreach (Area area in areas)
        {
            tree.Insert(area);
        }

        foreach (Area area in areas.OrderBy(area => area.Range.Start.Value * 0x9E3779B97F4A7C15UL))
        {
            tree.Remove(area);
        }

        tree.AssertInvariants();
        Assert.Null(tree.Last);
        Assert.Null(tree.Find(VirtualAddress.OfPage(17)));
        Assert.True(tree.TryFindHighestGap(Page.SizeBytes, Range(0, 9), out VirtualAddress start));
        Assert.Equal(VirtualAddress.OfPage(8), start);
    }

    [Fact]
    public void Addresses_that_no_area_reaches_lie_above_all_areas()
    {
        AreaTree tree = new();
        Area area = AreaAt(5, 2);
        tree.Insert(area);
        VirtualAddress far = new(0xffff_8000_0000_0000);
        Assert.Null(tree.Find(far));
        Assert.Null(tree.FirstEndingAbove(far));
        Assert.Same(area, tree.LastStartingBelow(far));
    }

    [Fact]
    public void What_is_not_in_the_tree_cannot_be_removed()
    {
        AreaTree tree = new();
        tree.Insert(AreaAt(5, 2));
        Assert.Throws<InvariantViolationException>(() => tree.Remove(AreaAt(5, 2)));
        Assert.Throws<InvariantViolationException>(() => tree.Replace(AreaAt(4, 1), AreaAt(4, 2)));
    }

    private static void RunAgainstList((int Kind, int Page, int Count)[] steps)
    {
        AreaTree tree = new();
        SortedList<ulong, Area> model = [];
        foreach ((int kind, int page, int count) in steps)
        {
            VirtualAddress at = VirtualAddress.OfPage((ulong)page);
            Area? found = model.Values.FirstOrDefault(area => area.Range.Contains(at));
            switch (kind)
            {
                case < 5 when found is null && Range(page, count).End <= LimitAbove(model, page):
                    Area added = AreaAt(page, count);
                    tree.Insert(added);
                    model.Add(at.Value, added);
                    break;
                case < 7 when found is not null:
                    tree.Remove(found);
                    model.Remove(found.Range.Start.Value);
                    break;
                case 7 when found is not null && found.Range.Pages > 1:
                    Area shorter = AreaAt((int)found.Range.Start.PageNumber, 1);
                    tree.Replace(found, shorter);
                    model[shorter.Range.Start.Value] = shorter;
                    break;
                case 7 when found is not null && LimitAbove(model, page + 1) is var limit && limit > found.Range.End:
                    Area longer = AreaAt((int)found.Range.Start.PageNumber, (int)(limit.PageNumber - found.Range.Start.PageNumber));
                    tree.Replace(found, longer);
                    model[longer.Range.Start.Value] = longer;
                    break;
                case 10 when found is not null && found.Range.Pages > 1:
                    Area[] parts = [.. Enumerable.Range(0, (int)Math.Min(found.Range.Pages, 3)).Select(i => PartOf(found, i))];
                    tree.Substitute([found], parts);
                    model.Remove(found.Range.Start.Value);
                    Array.ForEach(parts, part => model.Add(part.Range.Start.Value, part));
                    break;
                case 11 when found is not null:
                    Area[] run = [.. RunFrom(model, found).Take(3)];
                    ulong joinedPages = run[^1].Range.End.PageNumber - found.Range.Start.PageNumber;
                    Area joined = AreaAt((int)found.Range.Start.PageNumber, (int)joinedPages);
                    tree.Substitute(run, [joined]);
                    Array.ForEach(run, area => model.Remove(area.Range.Start.Value));
                    model.Add(joined.Range.Start.Value, joined);
                    break;
                case 8:
                    AssertSameGap(tree, model, page, count);
                    break;
                default:
                    Assert.Same(found, tree.Find(at));
                    Assert.Same(model.Values.FirstOrDefault(area => area.Range.End > at), tree.FirstEndingAbove(at));
                    Assert.Same(model.Values.LastOrDefault(area => area.Range.Start < at), tree.LastStartingBelow(at));
                    break;
            }
        }

        tree.AssertInvariants();
        Assert.Equal(model.Values, tree.All());
    }

    /// <summary>The first two pages of an area are parts of one page each, the third part is the rest.</summary>
    private static Area PartOf(Area area, int index)
    {
        int first = (int)area.Range.Start.PageNumber + index;
        return AreaAt(first, index == 2 || (index == 1 && area.Range.Pages == 2) ? (int)area.Range.End.PageNumber - first : 1);
    }

    /// <summary>An area and those above it that follow without a hole.</summary>
    private static IEnumerable<Area> RunFrom(SortedList<ulong, Area> model, Area first)
    {
        Area? area = first;
        while (area is not null)
        {
            yield return area;
            area = model.GetValueOrDefault(area.Range.End.Value);
        }
    }

    /// <summary>The highest of all starts that leave the pages free, tried one by one.</summary>
    private static void AssertSameGap(AreaTree tree, SortedList<ulong, Area> model, int page, int count)
    {
        AddressRange bounds = Range(page / 3, page);
        int expected = -1;
        for (int start = (page / 3) + page - count; start >= page / 3 && expected < 0; start--)
        {
            AddressRange wanted = Range(start, count);
            expected = model.Values.Any(area => area.Range.Overlaps(wanted)) ? -1 : start;
        }

        bool found = tree.TryFindHighestGap((ulong)count << Page.Shift, bounds, out VirtualAddress place);
        Assert.Equal(expected, found ? (int)place.PageNumber : -1);
    }

    /// <summary>Where the next area starts at or above a page.</summary>
    private static VirtualAddress LimitAbove(SortedList<ulong, Area> model, int page) =>
        model.Values.FirstOrDefault(area => area.Range.Start.PageNumber >= (ulong)page)?.Range.Start ?? VirtualAddress.OfPage(2 * Pages);

    private static AddressRange Range(int page, int count) =>
        AddressRange.FromPages(VirtualAddress.OfPage((ulong)page), (ulong)count);

    private static Area AreaAt(int page, int count) => new() { Range = Range(page, count), Rights = AccessRights.Read };
}
