using MmuNotifiers.Primary;
using MmuNotifiers.Secondary.Rdma;
using static MmuNotifiers.Secondary.Tests.Addresses;

namespace MmuNotifiers.Secondary.Tests.Rdma;

/// <summary>Translations that the program loads, over the real primary.</summary>
public sealed class PrefetchTests : IDisposable
{
    private readonly PhysicalMemory _memory = new(256, FreedFrames.Poisoned);
    private readonly AddressSpace _space;
    private readonly byte[] _bytes = new byte[8];

    public PrefetchTests()
    {
        _space = new AddressSpace(_memory);
        Map(AccessRights.ReadWrite);
    }

    public void Dispose()
    {
        _space.Dispose();
        _memory.Dispose();
    }

    [Fact]
    public void A_page_that_the_program_wrote_costs_the_card_no_fault()
    {
        using CardContext context = Attach(PrefetchPolicy.OnUpdate);
        ISecondaryDevice queue = context.AddDevice();
        _space.Write(At(0), [1, 2, 3]);

        Assert.Equal(FaultResult.Success, queue.Read(At(0), _bytes));
        Assert.Equal(FaultResult.Success, queue.Write(At(0), _bytes));

        SecondaryStatistics statistics = context.Statistics;
        Assert.Equal((0, 1, 1, 0), (statistics.DeviceFaults, statistics.PagesPrefetched, statistics.FaultsSaved, statistics.UnusedPrefetches));
    }

    [Fact]
    public void Without_prefetch_the_card_faults_and_is_not_even_told()
    {
        using CardContext context = Attach(PrefetchPolicy.Off);
        ISecondaryDevice queue = context.AddDevice();
        _space.Write(At(0), [1, 2, 3]);
        Assert.Equal(FaultResult.Success, queue.Read(At(0), _bytes));
        Assert.Equal((1, 0, 0), (context.Statistics.DeviceFaults, context.Statistics.Updates, context.Statistics.PagesPrefetched));
    }

    [Fact]
    public void What_no_queue_uses_was_prefetched_for_nothing()
    {
        using CardContext context = Attach(PrefetchPolicy.OnUpdate);
        context.AddDevice();
        _space.Write(At(0), [1]);
        _space.Write(At(1), [1]);
        _space.Unmap(At(0), Page.SizeBytes);
        Assert.Equal((2, 0, 2), (context.Statistics.PagesPrefetched, context.Statistics.FaultsSaved, context.Statistics.UnusedPrefetches));
    }

    [Fact]
    public void A_fault_of_the_card_itself_is_no_update()
    {
        using CardContext context = Attach(PrefetchPolicy.OnUpdate);
        Assert.Equal(FaultResult.Success, context.AddDevice().Write(At(0), _bytes));
        Assert.Equal((1, 0, 0), (context.Statistics.DeviceFaults, context.Statistics.Updates, context.Statistics.PagesPrefetched));
    }

    [Fact]
    public void Pages_outside_of_the_registered_regions_are_not_prefetched()
    {
        using CardContext context = Attach(PrefetchPolicy.OnUpdate);
        using MemoryRegion region = context.Register(Pages(1, 1), AccessRights.Read);
        _space.Write(At(0), [1]);
        Assert.Equal(0, context.Statistics.PagesPrefetched);
        _space.Write(At(1), [1]);
        Assert.Equal(1, context.Statistics.PagesPrefetched);
    }

    [Fact]
    public void A_page_that_was_read_is_prefetched_without_the_right_to_store()
    {
        using CardContext context = Attach(PrefetchPolicy.OnUpdate);
        ISecondaryDevice queue = context.AddDevice();
        _space.Read(At(0), _bytes);
        Assert.Equal(FaultResult.Success, queue.Read(At(0), _bytes));
        Assert.Equal(0, context.Statistics.DeviceFaults);

        // The store breaks copy-on-write from the zero page.
        Assert.Equal(FaultResult.Success, queue.Write(At(0), [7]));
        Assert.Equal(1, context.Statistics.DeviceFaults);
        _space.Read(At(0), _bytes);
        Assert.Equal(7, _bytes[0]);
    }

    [Fact]
    public void A_right_to_store_that_the_program_gained_is_prefetched_and_saves_a_fault_of_a_store_only()
    {
        using CardContext context = Attach(PrefetchPolicy.OnUpdate);
        ISecondaryDevice queue = context.AddDevice();
        _space.Write(At(0), [1]);
        AddressSpace child = _space.Fork()!;
        Assert.Equal(FaultResult.Success, queue.Read(At(0), _bytes));
        child.Dispose();
        Assert.Equal(1, context.Statistics.DeviceFaults);

        // The page is the program's alone again: its store makes the same frame writable, without a bracket.
        _space.Write(At(0), [2]);
        Assert.Equal(2, context.Statistics.PagesPrefetched);
        Assert.Equal(FaultResult.Success, queue.Read(At(0), _bytes));
        Assert.Equal(0, context.Statistics.FaultsSaved);
        Assert.Equal(FaultResult.Success, queue.Write(At(0), _bytes));
        Assert.Equal((1, 1), (context.Statistics.FaultsSaved, context.Statistics.DeviceFaults));
    }

    [Fact]
    public void A_hint_pushes_nothing_out_that_a_queue_has_used()
    {
        NetworkCard card = new(new NetworkCardOptions { Entries = 1, Ways = 1 });
        using CardContext context = card.Attach(_space);
        ISecondaryDevice queue = context.AddDevice();
        queue.Write(At(0), _bytes);
        _space.Write(At(1), [1]);
        Assert.Equal(0, context.Statistics.PagesPrefetched);
        queue.Read(At(0), _bytes);
        Assert.Equal(1, context.Statistics.DeviceFaults);
    }

    [Fact]
    public void A_newer_hint_takes_the_place_of_one_that_nobody_used()
    {
        NetworkCard card = new(new NetworkCardOptions { Entries = 1, Ways = 1 });
        using CardContext context = card.Attach(_space);
        ISecondaryDevice queue = context.AddDevice();
        _space.Write(At(0), [1]);
        _space.Write(At(1), [1]);
        queue.Read(At(1), _bytes);
        Assert.Equal((2, 1, 0), (context.Statistics.PagesPrefetched, context.Statistics.FaultsSaved, context.Statistics.DeviceFaults));
    }

    [Fact]
    public void A_prefetch_inside_a_bracket_loads_nothing_and_does_not_wait()
    {
        FakePrimary primary = new();
        using CardContext context = new NetworkCard().Attach(primary);
        context.AddDevice();
        primary.Map(Pages(0, 2));
        using (primary.Subscriptions.Invalidate(new InvalidationRange(Pages(0, 1), InvalidationEvent.Clear)))
        {
            context.Prefetch(Pages(0, 1));
            context.Prefetch(Pages(1, 1));
        }

        Assert.Equal(1, context.Statistics.PagesPrefetched);
    }

    [Fact]
    public void A_bracket_that_collides_with_a_prefetch_wins()
    {
        FakePrimary primary = new();
        using CardContext context = new NetworkCard().Attach(primary);
        ISecondaryDevice queue = context.AddDevice();
        primary.Map(Pages(0, 1));
        primary.LookedUp = _ =>
        {
            primary.LookedUp = null;
            primary.Replace(Pages(0, 1));
            primary.Store(At(0), 5L);
        };
        context.Prefetch(Pages(0, 1));
        Assert.Equal((0, 1), (context.Statistics.PagesPrefetched, context.Statistics.Retries));
        Assert.Equal(FaultResult.Success, queue.Read(At(0), _bytes));
        Assert.Equal(5L, BitConverter.ToInt64(_bytes));
    }

    [Fact]
    public void Prefetch_never_faults_a_page_in()
    {
        using CardContext context = Attach(PrefetchPolicy.OnUpdate);
        context.AddDevice();
        context.Prefetch(Pages(0, 4));
        Assert.Equal(0, context.Statistics.PagesPrefetched);
        Translation[] pages = new Translation[4];
        Assert.Equal(new RangeFaultResult(FaultResult.Success, 4), _space.FaultRange(Pages(0, 4), AccessRights.None, pages));
        Assert.All(pages, page => Assert.Equal(AccessRights.None, page.Rights));
    }

    [Fact]
    public void A_change_of_protection_takes_the_right_to_store_and_leaves_the_entry()
    {
        FakePrimary primary = new();
        using CardContext context = new NetworkCard().Attach(primary);
        ISecondaryDevice queue = context.AddDevice();
        primary.Map(Pages(0, 1));
        queue.Write(At(0), _bytes);
        context.ChangeProtection(Pages(0, 1), AccessRights.ReadWrite);
        Assert.Equal(0, context.Statistics.Flushes);

        context.ChangeProtection(Pages(0, 1), AccessRights.Read);
        Assert.Equal(1, context.Statistics.Flushes);
        queue.Read(At(0), _bytes);
        Assert.Equal(1, context.Statistics.DeviceFaults);
        queue.Write(At(0), _bytes);
        Assert.Equal(2, context.Statistics.DeviceFaults);

        context.ChangeProtection(Pages(0, 1), AccessRights.None);
        queue.Read(At(0), _bytes);
        Assert.Equal(3, context.Statistics.DeviceFaults);
    }

    private CardContext Attach(PrefetchPolicy policy) => new NetworkCard(new NetworkCardOptions { Prefetch = policy }).Attach(_space);

    private void Map(AccessRights rights) =>
        _space.Map(new MapRequest(8 * Page.SizeBytes, rights, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed) { Address = At(0) });
}
