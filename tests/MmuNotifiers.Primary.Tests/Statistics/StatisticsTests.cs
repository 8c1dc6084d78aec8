using MmuNotifiers.Primary.Tests.Core;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Statistics;

public sealed class StatisticsTests : IDisposable
{
    private readonly PhysicalMemory _memory = new(frames: 4096);

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void Pages_are_counted_by_kind_and_the_zero_page_is_not()
    {
        using AddressSpace space = new(_memory);
        using SharedMemoryObject target = new(_memory, 8 * Page.SizeBytes);
        space.MapPrivate(16, 4);
        space.MapObject(32, 4, MapFlags.Shared, new ObjectHandle(target, AccessRights.ReadWrite));
        space.MapObject(48, 4, MapFlags.Private, new ObjectHandle(target, AccessRights.ReadWrite));

        space.Load(16);
        space.Store(17, 1);
        space.Store(32, 1);
        space.Store(33, 1);
        space.Load(49);
        space.Store(50, 1);

        // Around the load of page 49 the other page that was cached is mapped too.
        Assert.Equal((2, 4), Kinds(space));
        space.Unmap(At(32), 4 * Page.SizeBytes);
        Assert.Equal((2, 2), Kinds(space));
        space.Advise(At(16), 4 * Page.SizeBytes, Advice.DontNeed);
        Assert.Equal((1, 2), Kinds(space));
    }

    [Fact]
    public void Huge_pages_count_as_the_pages_that_they_hold()
    {
        using AddressSpace space = new(_memory);
        space.MapPrivate(512, 1024);
        space.Store(512, 1);
        Assert.Equal(Errno.None, space.Advise(At(512), 512 * Page.SizeBytes, Advice.Collapse));
        Assert.Equal((512, 0), Kinds(space));
        space.Unmap(At(600), Page.SizeBytes);
        Assert.Equal((511, 0), Kinds(space));
    }

    [Fact]
    public void A_child_counts_what_it_shares_and_a_space_that_is_gone_counts_nothing()
    {
        AddressSpace space = new(_memory);
        space.MapPrivate(16, 4);
        space.Store(16, 1);
        space.Store(18, 1);
        AddressSpace child = space.Fork()!;
        child.Store(16, 2);
        Assert.Equal((2, 0), Kinds(space));
        Assert.Equal((2, 0), Kinds(child));

        space.Dispose();
        Assert.Equal((0, 0), Kinds(space));
        Assert.Equal((2, 0), Kinds(child));
        child.Dispose();
    }

    [Fact]
    public void The_counts_are_right_while_leaf_tables_come_and_go()
    {
        using AddressSpace space = new(_memory);
        space.MapPrivate(16, 1);
        space.Store(16, 1);
        using CancellationTokenSource stop = new();
        Thread churn = new(() =>
        {
            for (ulong first = 1024; !stop.IsCancellationRequested; first = first == 1024 ? 8192UL : 1024)
            {
                space.MapPrivate(first, 2);
                space.Store(first, 1);
                space.Unmap(At(first), 2 * Page.SizeBytes);
            }
        });
        churn.Start();

        try
        {
            for (int i = 0; i < 2_000; i++)
            {
                // One page stays; the other may be seen in the table that it leaves and in the one that it gets into.
                AddressSpaceStatistics statistics = space.GetStatistics();
                Assert.InRange(statistics.AnonymousPages, 1, 3);
                Assert.Equal(0, statistics.ObjectPages + statistics.SwappedPages);
            }
        }
        finally
        {
            stop.Cancel();
            churn.Join();
        }

        Assert.Equal((1, 0), Kinds(space));
    }

    private static (long Anonymous, long Objects) Kinds(AddressSpace space)
    {
        AddressSpaceStatistics statistics = space.GetStatistics();
        Assert.Equal(statistics.AnonymousPages + statistics.ObjectPages, statistics.ResidentPages);
        return (statistics.AnonymousPages, statistics.ObjectPages);
    }
}
