using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Core;

/// <summary>Fork shares entries by the group of eight where all are alike: what it makes of a group must be what it makes of each entry.</summary>
public sealed class ForkGroupTests : IDisposable
{
    private const ulong Pages = 40;

    /// <summary>Not the first page of a group, so that the area begins and ends within groups.</summary>
    private const ulong First = 100;

    private readonly PhysicalMemory _memory = new(4096, FreedFrames.Poisoned);
    private readonly AddressSpace _parent;

    public ForkGroupTests() => _parent = new AddressSpace(_memory);

    public enum Order
    {
        Ascending,
        Descending,
        Scattered,
    }

    public enum Odd
    {
        None,
        Untouched,
        ZeroPage,
        Pinned,
        SharedBefore,
    }

    public static TheoryData<Order, Odd> Groups { get; } = new MatrixTheoryData<Order, Odd>(Enum.GetValues<Order>(), Enum.GetValues<Odd>());

    public void Dispose()
    {
        _parent.AssertInvariants();
        _parent.Dispose();
        Assert.Equal(1, _memory.FramesInUse);
        _memory.Dispose();
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void A_child_has_every_page_of_every_group(Order order, Odd odd)
    {
        _parent.MapPrivate(First, Pages);
        ulong[] all = [.. Enumerable.Range(0, (int)Pages).Select(static page => (ulong)page)];
        ulong[] oddOnes = odd == Odd.None ? [] : [.. all.Where(static page => page % 16 == 7)];
        AddressSpace? before = null;
        FrameNumber[] pinned = new FrameNumber[1];
        List<FrameNumber> pins = [];
        foreach (ulong page in InOrder(all, order).Where(page => odd is not (Odd.Untouched or Odd.ZeroPage) || !oddOnes.Contains(page)))
        {
            _parent.Store(First + page, (byte)(page + 1));
        }

        if (odd == Odd.SharedBefore)
        {
            before = _parent.Fork();
            foreach (ulong page in all.Except(oddOnes))
            {
                _parent.Store(First + page, (byte)(page + 1));
            }
        }

        foreach (ulong page in oddOnes.Where(_ => odd is Odd.ZeroPage or Odd.Pinned))
        {
            _parent.Load(First + page);
            if (odd == Odd.Pinned)
            {
                Assert.Equal(FaultResult.Success, _parent.Pin(AddressRange.OfPage(At(First + page)), AccessRights.Write, pinned));
                pins.Add(pinned[0]);
            }
        }

        using AddressSpace child = _parent.Fork()!;
        _parent.AssertInvariants();
        child.AssertInvariants();
        foreach (ulong page in all)
        {
            byte expected = odd is Odd.Untouched or Odd.ZeroPage && oddOnes.Contains(page) ? (byte)0 : (byte)(page + 1);
            Assert.Equal(expected, child.Load(First + page));
            FaultKind fault = _parent.Access(At(First + page), AccessRights.Write).Kind;
            Assert.Equal(ExpectedFault(odd, oddOnes.Contains(page)), fault);
            _parent.Store(First + page, 200);
            Assert.Equal(expected, child.Load(First + page));
        }

        child.AssertInvariants();
        before?.Dispose();
        _parent.Unpin([.. pins]);
    }

    [Fact]
    public void A_group_that_two_areas_share_is_copied_for_each_area_by_itself()
    {
        _parent.MapPrivate(96, 8);
        for (ulong page = 96; page < 104; page++)
        {
            _parent.Store(page, (byte)page);
        }

        Assert.Equal(Errno.None, _parent.Advise(At(100), 4 * Page.SizeBytes, Advice.DontFork));
        using AddressSpace child = _parent.Fork()!;
        Assert.Equal(99, child.Load(99));
        Assert.Equal(FaultResult.NotMapped, child.Access(At(100), AccessRights.Read).Result);
        Assert.Equal(FaultKind.CopyOnWrite, _parent.Access(At(99), AccessRights.Write).Kind);
        Assert.Equal(FaultKind.None, _parent.Access(At(100), AccessRights.Write).Kind);
        child.AssertInvariants();
    }

    private static FaultKind ExpectedFault(Odd odd, bool isOdd) => (odd, isOdd) switch
    {
        (Odd.Untouched, true) => FaultKind.Anonymous,
        (Odd.ZeroPage, true) => FaultKind.ZeroPageReplaced,
        (Odd.Pinned, true) => FaultKind.None,
        _ => FaultKind.CopyOnWrite,
    };

    private static IEnumerable<ulong> InOrder(ulong[] pages, Order order)
    {
        if (order == Order.Scattered)
        {
            ulong[] scattered = [.. pages];
            new Random(7).Shuffle(scattered);
            return scattered;
        }

        return order == Order.Ascending ? pages : Enumerable.Reverse(pages);
    }
}
