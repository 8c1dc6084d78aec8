using MmuNotifiers.Secondary.Rdma;
using static MmuNotifiers.Secondary.Tests.Addresses;

namespace MmuNotifiers.Secondary.Tests.Rdma;

public sealed class DmaEngineTests : IDisposable
{
    private readonly FakePrimary _sender = new();
    private readonly FakePrimary _receiver = new();
    private readonly NetworkCard _card = new(new NetworkCardOptions { Entries = 16 });
    private readonly CardContext _from;
    private readonly CardContext _to;
    private readonly MemoryRegion _source;
    private readonly MemoryRegion _target;

    public DmaEngineTests()
    {
        _from = _card.Attach(_sender);
        _to = _card.Attach(_receiver);
        _source = _from.Register(Pages(0, 64), AccessRights.Read);
        _target = _to.Register(Pages(0, 64), AccessRights.ReadWrite);
    }

    public void Dispose()
    {
        _from.Dispose();
        _to.Dispose();
    }

    [Theory]
    [InlineData(16)]
    [InlineData(1)]
    public void Bytes_move_from_one_address_space_to_another_whatever_their_alignment(int entries)
    {
        NetworkCard card = new(new NetworkCardOptions { Entries = entries, Ways = 1 });
        using CardContext from = card.Attach(_sender);
        using CardContext to = card.Attach(_receiver);
        using DmaEngine engine = new(card);
        const int length = 20_000;
        _sender.Map(Pages(0, 8));
        _receiver.Map(Pages(0, 8));
        for (int i = 0; i < length; i++)
        {
            _sender.Store(At(0, 100 + i), (byte)(i * 7));
        }

        Assert.True(engine.TryPost(new WorkRequest(
            7, from.Register(Pages(0, 8), AccessRights.Read), At(0, 100), to.Register(Pages(0, 8), AccessRights.Write), At(1, 3000), length)));
        Assert.True(engine.Poll(out Completion completion));

        Assert.Equal(new Completion(7, CompletionStatus.Success, length), completion);
        for (int i = 0; i < length; i++)
        {
            Assert.Equal((byte)(i * 7), _receiver.Load<byte>(At(1, 3000 + i)));
        }

        Assert.Equal(0, _receiver.Load<byte>(At(1, 2999)));
        Assert.Equal(0, _receiver.Load<byte>(At(1, 3000 + length)));
        Assert.False(engine.Poll(out _));
    }

    [Fact]
    public void A_page_that_cannot_be_had_ends_the_transfer_with_its_address_and_what_was_moved()
    {
        using DmaEngine engine = new(_card);
        _sender.Map(Pages(0, 2));
        _receiver.Map(Pages(0, 1));
        _receiver.Map(Pages(1, 1), AccessRights.Read);

        Completion missing = Run(engine, At(1), At(0), 2 * Page.SizeBytes);
        Completion outside = Run(engine, At(63), At(0), 2 * Page.SizeBytes);
        Completion denied = Run(engine, At(0), At(0, 512), 2 * Page.SizeBytes);

        Assert.Equal((CompletionStatus.PageFault, FaultResult.NotMapped, At(2), (ulong)Page.SizeBytes), (missing.Status, missing.Fault, missing.FailedAddress, missing.LengthBytes));
        Assert.Same(_source, missing.FailedRegion);
        Assert.Equal((CompletionStatus.RegionViolation, At(63), 0UL), (outside.Status, outside.FailedAddress, outside.LengthBytes));
        Assert.Equal((CompletionStatus.PageFault, FaultResult.AccessDenied, At(1), (ulong)(Page.SizeBytes - 512)), (denied.Status, denied.Fault, denied.FailedAddress, denied.LengthBytes));
        Assert.Same(_target, denied.FailedRegion);
    }

    [Fact]
    public void A_region_permits_what_it_was_registered_for_and_no_more()
    {
        using DmaEngine engine = new(_card);
        _sender.Map(Pages(0, 1));
        _receiver.Map(Pages(0, 1));
        engine.TryPost(new WorkRequest(1, _target, At(0), _source, At(0), 8));
        Assert.True(engine.Poll(out Completion back));
        Assert.Equal((CompletionStatus.RegionViolation, _source, At(0)), (back.Status, back.FailedRegion, back.FailedAddress));

        engine.TryPost(new WorkRequest(2, _source, new VirtualAddress(ulong.MaxValue - 3), _target, At(0), 8));
        Assert.True(engine.Poll(out Completion wrapped));
        Assert.Equal(CompletionStatus.RegionViolation, wrapped.Status);

        _target.Dispose();
        _target.Dispose();
        Completion closed = Run(engine, At(0), At(0), 8);
        Assert.Equal((CompletionStatus.RegionViolation, _target), (closed.Status, closed.FailedRegion));
        Assert.Equal(CompletionStatus.Success, Run(engine, At(0), At(0), 0).Status);
    }

    [Fact]
    public void A_region_of_another_card_is_refused_at_once()
    {
        using DmaEngine engine = new(new NetworkCard());
        Assert.Throws<ArgumentException>(() => engine.TryPost(new WorkRequest(1, _source, At(0), _target, At(0), 8)));
        using DmaEngine own = new(_card);
        Assert.Throws<ArgumentException>(() => own.TryPost(new WorkRequest(1, _source, At(0), null!, At(0), 8)));
    }

    [Fact]
    public void A_request_keeps_its_place_until_its_completion_was_polled()
    {
        using DmaEngine engine = new(_card, 2, startsThread: false);
        _sender.Map(Pages(0, 1));
        _receiver.Map(Pages(0, 1));
        Assert.True(Post(engine, 1));
        Assert.True(Post(engine, 2));
        Assert.False(Post(engine, 3));
        Assert.True(engine.TryRunOne());
        Assert.False(Post(engine, 3));
        Assert.True(engine.TryPoll(out Completion first));
        Assert.Equal(1UL, first.Id);
        Assert.True(Post(engine, 3));
        Assert.True(engine.TryRunOne());
        Assert.True(engine.TryRunOne());
        Assert.False(engine.TryRunOne());
        Assert.True(engine.Poll(out Completion second));
        Assert.True(engine.Poll(out Completion third));
        Assert.Equal((2UL, 3UL), (second.Id, third.Id));
        Assert.False(engine.TryPoll(out _));
    }

    [Fact]
    public void Transfers_complete_in_the_order_of_their_posts()
    {
        using DmaEngine engine = new(_card, 64);
        _sender.Map(Pages(0, 4));
        _receiver.Map(Pages(0, 4));
        for (ulong id = 0; id < 64; id++)
        {
            Assert.True(engine.TryPost(new WorkRequest(id, _source, At((int)(id % 4)), _target, At(0), 4096)));
        }

        engine.Drain();
        for (ulong id = 0; id < 64; id++)
        {
            Assert.True(engine.TryPoll(out Completion completion));
            Assert.Equal(id, completion.Id);
        }
    }

    [Fact]
    public void A_stopped_engine_flushes_what_waits_and_takes_nothing_more()
    {
        using ManualResetEventSlim inFault = new();
        using ManualResetEventSlim goOn = new();
        using DmaEngine engine = new(_card);
        _sender.Map(Pages(0, 3));
        _receiver.Map(Pages(0, 3));
        _sender.LookedUp = range =>
        {
            if (range.Start == At(1))
            {
                inFault.Set();
                goOn.Wait(TestContext.Current.CancellationToken);
            }
        };
        Assert.True(engine.TryPost(new WorkRequest(1, _source, At(0), _target, At(0), 3 * Page.SizeBytes)));
        Assert.True(Post(engine, 2));
        inFault.Wait(TestContext.Current.CancellationToken);
        Thread stopper = new(engine.Stop);
        stopper.Start();
        SpinWait.SpinUntil(() => engine.IsStopped);
        goOn.Set();
        stopper.Join();

        Assert.True(engine.Poll(out Completion first));
        Assert.Equal(new Completion(1, CompletionStatus.Flushed, 2 * Page.SizeBytes), first);
        Assert.True(engine.Poll(out Completion second));
        Assert.Equal(new Completion(2, CompletionStatus.Flushed, 0), second);
        Assert.False(Post(engine, 9));
        engine.Stop();
    }

    [Fact]
    public void A_transfer_allocates_nothing()
    {
        using DmaEngine engine = new(_card, 4, startsThread: false);
        _sender.Map(Pages(0, 4));
        _receiver.Map(Pages(0, 4));
        long Round()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Post(engine, 1);
            engine.TryPost(new WorkRequest(2, _source, At(0, 8), _target, At(0), 3 * Page.SizeBytes));
            engine.TryRunOne();
            engine.TryRunOne();
            engine.TryPoll(out _);
            engine.TryPoll(out _);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Round();
        Round();
        Assert.Equal(0, Round());
    }

    private bool Post(DmaEngine engine, ulong id) => engine.TryPost(new WorkRequest(id, _source, At(0), _target, At(0), 8));

    private Completion Run(DmaEngine engine, VirtualAddress from, VirtualAddress to, int lengthBytes)
    {
        Assert.True(engine.TryPost(new WorkRequest(0, _source, from, _target, to, (ulong)lengthBytes)));
        Assert.True(engine.Poll(out Completion completion));
        return completion;
    }
}
