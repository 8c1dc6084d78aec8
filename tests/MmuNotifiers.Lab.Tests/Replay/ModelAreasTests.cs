using CsCheck;
using MmuNotifiers.Lab.Replay.Model;

namespace MmuNotifiers.Lab.Tests.Replay;

public sealed class ModelAreasTests
{
    private const int Pages = 24;

    [Fact]
    public void The_list_of_areas_agrees_with_an_array_of_pages()
    {
        Gen<(int Start, int Length, int Rights)> step = Gen.Select(Gen.Int[0, Pages - 1], Gen.Int[1, 8], Gen.Int[-1, 7]);
        step.Array[1, 40].Sample(steps =>
        {
            ModelAreas areas = new();
            int[] pages = [.. Enumerable.Repeat(-1, Pages)];
            foreach ((int start, int length, int rights) in steps)
            {
                int end = Math.Min(Pages, start + length);
                Apply(areas, Range(start, end), rights);
                pages.AsSpan(start, end - start).Fill(rights);
                Compare(areas, pages);
            }
        });
    }

    [Fact]
    public void A_change_keeps_the_offsets_of_what_it_splits()
    {
        ModelAreas areas = new();
        areas.Put(new ModelArea(Range(4, 12), AccessRights.Read, ModelAreaKind.Anonymous, null, 100, ModelAreaTraits.None));
        areas.Change(Range(6, 8), area => area with { Rights = AccessRights.None });
        Assert.Equal([100UL, 102, 104], areas.All.Select(area => area.PageOffset));
        Assert.Equal([Range(4, 6), Range(6, 8), Range(8, 12)], areas.All.Select(area => area.Range));
    }

    private static void Apply(ModelAreas areas, AddressRange range, int rights)
    {
        if (rights < 0)
        {
            areas.Remove(range);
        }
        else
        {
            areas.Put(new ModelArea(range, (AccessRights)rights, ModelAreaKind.Anonymous, null, range.Start.PageNumber, ModelAreaTraits.None));
        }
    }

    private static void Compare(ModelAreas areas, int[] pages)
    {
        for (int i = 0; i < pages.Length; i++)
        {
            ModelArea? area = areas.Find(VirtualAddress.OfPage((ulong)i));
            Assert.Equal(pages[i], area is null ? -1 : (int)area.Rights);
            Assert.True(area is null || area.ObjectPageOf((ulong)i) == (ulong)i);
        }

        Assert.Equal(areas.All.OrderBy(area => area.Range.Start), areas.All);
    }

    private static AddressRange Range(int start, int end) => new(VirtualAddress.OfPage((ulong)start), VirtualAddress.OfPage((ulong)end));
}
