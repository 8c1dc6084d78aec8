using CsCheck;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.PageChanges;

public sealed class AddressRangeSetTests
{
    private const ulong Window = 40;

    [Fact]
    public void A_set_of_ranges_holds_what_a_set_of_pages_holds() =>
        Gen.Select(Gen.Bool, Gen.ULong[0, Window - 1], Gen.ULong[0, 12]).Array[1, 50].Sample(Check, iter: 2000);

    private static void Check((bool Adds, ulong Page, ulong Pages)[] operations)
    {
        AddressRangeSet set = new();
        HashSet<ulong> pages = [];
        foreach ((bool adds, ulong page, ulong count) in operations)
        {
            AddressRange range = Pages(page, Math.Min(count, Window - page));
            if (adds)
            {
                set.Add(range);
            }
            else
            {
                set.Remove(range);
            }

            for (ulong each = page; each < range.End.PageNumber; each++)
            {
                _ = adds ? pages.Add(each) : pages.Remove(each);
            }

            AssertSame(set, pages);
        }
    }

    private static void AssertSame(AddressRangeSet set, HashSet<ulong> pages)
    {
        for (ulong page = 0; page < Window; page++)
        {
            Assert.Equal(pages.Contains(page), set.Contains(At(page)));
        }

        Assert.Equal((ulong)pages.Count, set.Ranges.Aggregate(0UL, static (sum, range) => sum + range.Pages));
        for (int i = 0; i < set.Ranges.Count; i++)
        {
            Assert.False(set.Ranges[i].IsEmpty);
            Assert.True(i == 0 || set.Ranges[i - 1].End < set.Ranges[i].Start, "ranges lie apart, in ascending order");
        }
    }
}
