using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Core;

public sealed class ZapTests : IDisposable
{
    private readonly PhysicalMemory _memory = new(4096, FreedFrames.Poisoned);
    private readonly AddressSpace _space;
    private readonly RecordingNotifier _notifier = new();

    public ZapTests()
    {
        _space = new AddressSpace(_memory);
        _space.Register(_notifier);
    }

    public void Dispose()
    {
        _space.AssertInvariants();
        _space.Dispose();
        Assert.Equal(1, _memory.FramesInUse);
        _memory.Dispose();
    }

    [Fact]
    public void Pages_are_mapped_when_the_bracket_starts_and_alive_when_it_ends()
    {
        _space.MapPrivate(100, 3);
        _space.Store(101, 7);
        FrameNumber frame = _space.FrameAt(101);
        _notifier.OnStart = _ => Assert.True(_space.Maps(At(101), frame));
        _notifier.OnEnd = _ =>
        {
            Assert.False(_space.Maps(At(101), frame));
            Assert.Equal(1, _memory.Frames.References(frame));
            Assert.Equal(7, _memory.Bytes(frame)[0]);
        };
        Assert.Equal(Errno.None, _space.Unmap(At(100), 3 * Page.SizeBytes));
        Assert.Equal(1, _memory.FramesInUse);
    }

    [Fact]
    public void Exit_releases_subscribers_before_any_page_is_freed()
    {
        AddressSpace space = new(_memory);
        RecordingNotifier notifier = new();
        space.Register(notifier);
        space.MapPrivate(100, 1);
        space.Store(100, 1);
        notifier.Clear();
        space.Dispose();
        Assert.Equal("release", notifier.Calls[0]);
        space.Dispose();
    }

    [Fact]
    public void Discarded_pages_read_as_zero_and_the_area_stays()
    {
        _space.MapPrivate(100, 3);
        _space.Store(100, 1);
        _space.Store(101, 2);
        _space.Store(102, 3);
        _notifier.Clear();
        Assert.Equal(Errno.None, _space.Advise(At(101), Page.SizeBytes, Advice.DontNeed));
        Assert.Equal(["start Clear [0x65000, 0x66000)", "end Clear [0x65000, 0x66000)"], _notifier.Calls);
        Assert.Equal((1, 0, 3), (_space.Load(100), _space.Load(101), _space.Load(102)));
    }

    [Fact]
    public void A_guard_refuses_every_access_until_it_is_removed()
    {
        _space.MapPrivate(100, 3);
        _space.Store(101, 2);
        Assert.Equal(Errno.None, _space.Advise(At(101), Page.SizeBytes, Advice.GuardInstall));
        Assert.Equal(FaultResult.NotMapped, _space.Access(At(101), AccessRights.Read).Result);
        Assert.Equal(Errno.None, _space.Advise(At(100), 3 * Page.SizeBytes, Advice.DontNeed));
        Assert.Equal(FaultResult.NotMapped, _space.Access(At(101), AccessRights.Write).Result);
        using AddressSpace child = _space.Fork()!;
        Assert.Equal(FaultResult.NotMapped, child.Access(At(101), AccessRights.Read).Result);
        Assert.Equal(Errno.None, _space.Advise(At(100), 3 * Page.SizeBytes, Advice.GuardRemove));
        Assert.Equal(0, _space.Load(101));
    }

    [Fact]
    public void Protection_is_announced_inside_its_bracket_and_takes_effect_at_once()
    {
        _space.MapPrivate(100, 2);
        _space.Store(100, 1);
        _notifier.Clear();
        Assert.Equal(Errno.None, _space.Protect(At(100), Page.SizeBytes, AccessRights.Read));
        Assert.Equal(
            ["start ProtectionArea [0x64000, 0x65000)", "protection [0x64000, 0x65000) Read", "end ProtectionArea [0x64000, 0x65000)"],
            _notifier.Calls);
        Assert.Equal(FaultResult.AccessDenied, _space.Access(At(100), AccessRights.Write).Result);
        Assert.Equal(1, _space.Load(100));
        Assert.Equal(Errno.None, _space.Protect(At(100), Page.SizeBytes, AccessRights.ReadWrite));
        Assert.Equal(FaultKind.None, _space.Access(At(100), AccessRights.Write).Kind);
    }

    [Fact]
    public void An_upgrade_does_not_make_a_shared_page_writable_without_its_copy()
    {
        _space.MapPrivate(100, 1);
        _space.Store(100, 1);
        using AddressSpace child = _space.Fork()!;
        Assert.Equal(Errno.None, _space.Protect(At(100), Page.SizeBytes, AccessRights.Read));
        Assert.Equal(Errno.None, _space.Protect(At(100), Page.SizeBytes, AccessRights.ReadWrite));
        _space.Store(100, 9);
        Assert.Equal(1, child.Load(100));
    }

    [Fact]
    public void Moved_pages_keep_their_frames_and_their_reverse_mapping()
    {
        _space.MapPrivate(100, 4);
        _space.Store(100, 1);
        _space.Store(103, 4);
        FrameNumber frame = _space.FrameAt(103);
        _notifier.Clear();
        AddressResult moved = _space.Move(
            At(100), 4 * Page.SizeBytes, 4 * Page.SizeBytes, MoveFlags.MayMove | MoveFlags.Fixed, At(1022));
        Assert.Equal(new AddressResult(Errno.None, At(1022)), moved);
        Assert.Contains("start Unmap [0x64000, 0x68000)", _notifier.Calls);
        Assert.DoesNotContain(_notifier.Calls, call => call.StartsWith("update", StringComparison.Ordinal));
        Assert.Equal((1, 4, frame), (_space.Load(1022), _space.Load(1025), _space.FrameAt(1025)));
        Assert.Equal(FaultResult.NotMapped, _space.Access(At(100), AccessRights.Read).Result);
        _space.AssertInvariants();
    }

    [Fact]
    public void A_nonlinear_mapping_shows_the_pages_it_was_told_to_and_remembers_them()
    {
        using SharedMemoryObject shared = new(_memory, 8 * Page.SizeBytes);
        _space.MapObject(100, 8, MapFlags.Shared, new ObjectHandle(shared, AccessRights.ReadWrite));
        for (ulong page = 0; page < 8; page++)
        {
            _space.Store(100 + page, (byte)(10 + page));
        }

        Assert.Equal(Errno.None, _space.RemapPages(At(101), 2 * Page.SizeBytes, 6));
        Assert.Equal((10, 16, 17, 13), (_space.Load(100), _space.Load(101), _space.Load(102), _space.Load(103)));
        Assert.Equal(Errno.None, _space.Advise(At(100), 8 * Page.SizeBytes, Advice.DontNeed));
        Assert.Equal((10, 16, 17, 13), (_space.Load(100), _space.Load(101), _space.Load(102), _space.Load(103)));
        using AddressSpace child = _space.Fork()!;
        Assert.Equal((16, 17), (child.Load(101), child.Load(102)));
        child.AssertInvariants();
    }

    [Fact]
    public void A_range_is_applied_to_without_an_area_and_one_bracket_covers_it()
    {
        _space.MapPrivate(100, 2);
        _space.MapPrivate(104, 2, AccessRights.Read);
        _space.Store(100, 1);
        _space.Store(101, 2);
        _notifier.Clear();
        List<VirtualAddress> shown = [];
        _space.ApplyToPageRange(Pages(100, 6), (address, page) =>
        {
            if (page.IsPresent)
            {
                shown.Add(address);
            }

            return address == At(100) ? PageAction.Clear : PageAction.WriteProtect;
        });
        Assert.Equal([At(100), At(101)], shown);
        Assert.Equal(["start Clear [0x64000, 0x6a000)", "end Clear [0x64000, 0x6a000)"], _notifier.Calls);
        Assert.Equal(0, _space.Load(100));
        Assert.Equal(FaultKind.Reuse, _space.Access(At(101), AccessRights.Write).Kind);
    }

    [Fact]
    public void Frames_of_a_device_are_mapped_without_being_counted()
    {
        Assert.True(_memory.TryAllocate(out FrameNumber device));
        _memory.Bytes(device).Fill(0x5A);
        using SharedMemoryObject shared = new(_memory, 2 * Page.SizeBytes);
        _space.MapObject(100, 2, MapFlags.Shared, new ObjectHandle(shared, AccessRights.ReadWrite));
        Assert.Equal(Errno.None, _space.RemapFrames(At(101), [device]));
        Assert.Equal(0x5A, _space.Load(101));
        _space.Store(101, 1);
        Assert.Equal(1, _memory.Bytes(device)[0]);
        Assert.Equal(FaultResult.BusError, _space.Access(At(100), AccessRights.Read).Result);
        Assert.Equal(1, _memory.Frames.References(device));
        Assert.Equal(Errno.EINVAL, _space.RemapFrames(At(101), []));
        Assert.Equal(Errno.EINVAL, _space.RemapFrames(At(101), [new FrameNumber(ulong.MaxValue)]));
        Assert.Equal(Errno.EINVAL, _space.RemapFrames(At(101), [device, device]));
        Assert.Equal(Errno.None, _space.Unmap(At(100), 2 * Page.SizeBytes));
        _memory.Free(device);
    }

    [Fact]
    public void A_cache_over_the_table_is_flushed_under_the_lock_before_the_new_page_can_be_seen()
    {
        _space.MapPrivate(100, 1);
        _space.Store(100, 1);
        using AddressSpace child = _space.Fork()!;
        FrameNumber old = _space.FrameAt(100);
        List<bool> oldWasMapped = [];
        FlushedTlb tlb = new(range => oldWasMapped.Add(_space.Maps(range.Start, old)));
        using TlbSubscription subscription = _space.Register(tlb);
        _space.Store(100, 2);
        Assert.Equal([false], oldWasMapped);
        Assert.Equal([Pages(100, 1)], tlb.Flushed);
    }

    private sealed class FlushedTlb(Action<AddressRange> onFlush) : ISecondaryTlb
    {
        internal List<AddressRange> Flushed { get; } = [];

        public void Invalidate(AddressRange range)
        {
            Flushed.Add(range);
            onFlush(range);
        }
    }
}
