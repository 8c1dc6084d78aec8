using MmuNotifiers.Primary.Tests.Calls;
using MmuNotifiers.Primary.Tests.Core;

namespace MmuNotifiers.Primary.Tests.Reaping;

public sealed class ReapTests : CallTest
{
    private static readonly byte[] OneByte = new byte[1];

    private FaultResult Read(ulong page) => Space.Read(At(page), new byte[1]).Result;

    [Fact]
    public void Private_pages_go_and_their_frames_are_free()
    {
        Map(0, 4);
        Store(0, 1);
        Store(2, 2);
        long before = Memory.FramesInUse;

        Assert.Equal(new ReapResult(2, 0, 0, false), Space.TryReap());

        Assert.True(Space.IsReaped);
        Assert.Equal(before - 2, Memory.FramesInUse);
        Assert.Equal("0+4:rw-p", Layout());
    }

    [Fact]
    public void What_was_taken_away_is_a_bus_error_and_never_zeroes()
    {
        Map(0, 4);
        Store(0, 1);
        Space.TryReap();

        Assert.Equal(FaultResult.BusError, Read(0));
        Assert.Equal(FaultResult.BusError, Read(3));
        Assert.Equal(FaultResult.BusError, Space.Write(At(0), OneByte).Result);
        Assert.Equal(FaultResult.BusError, Space.FaultRange(AddressRange.OfPage(At(0)), AccessRights.Read, new Translation[1]).Result);
        Assert.Equal(FaultResult.BusError, Space.Pin(AddressRange.OfPage(At(0)), AccessRights.Read, new FrameNumber[1]));
        Assert.Equal(Errno.EFAULT, Space.Advise(At(0), Bytes(1), Advice.PopulateRead));
    }

    [Fact]
    public void Memory_mapped_or_moved_afterwards_is_a_bus_error_too()
    {
        Map(0, 1);
        Store(0, 1);
        Space.TryReap();
        Map(8, 1);
        Assert.True(Space.Move(At(0), Bytes(1), Bytes(1), MoveFlags.MayMove | MoveFlags.Fixed, At(16)).Succeeded);

        Assert.Equal(FaultResult.BusError, Touch(8));
        Assert.Equal(FaultResult.BusError, Touch(16, AccessRights.Read));
    }

    [Fact]
    public void A_hole_and_a_guard_and_a_forbidden_access_are_what_they_were()
    {
        Map(0, 3, AccessRights.Read);
        Map(1, 1);
        Store(1, 1);
        Space.Advise(At(2), Bytes(1), Advice.GuardInstall);
        Space.TryReap();

        Assert.Equal(FaultResult.AccessDenied, Touch(0));
        Assert.Equal(FaultResult.NotMapped, Touch(2, AccessRights.Read));
        Assert.Equal(FaultResult.NotMapped, Touch(9));
    }

    [Fact]
    public void Shared_memory_stays_and_private_copies_of_it_go()
    {
        using SharedMemoryObject shared = NewObject(4);
        ObjectHandle handle = new(shared, AccessRights.ReadWrite);
        MapObject(0, 2, handle);
        MapObject(8, 2, handle, MapFlags.Private | MapFlags.Fixed);
        Store(0, 5);
        Store(8, 6);
        Assert.Equal(0, Load(9));

        Assert.Equal(2, Space.TryReap().ReapedPages);

        Assert.Equal(5, Load(0));
        Store(1, 7);
        Assert.Equal(FaultResult.BusError, Read(8));
        Assert.Equal(FaultResult.BusError, Read(9));
    }

    [Fact]
    public void Locked_pages_go_as_on_Linux_since_5_18()
    {
        Map(0, 2);
        Assert.Equal(Errno.None, Space.Lock(At(0), Bytes(2)));
        Assert.Equal(2, Space.TryReap().ReapedPages);
    }

    [Fact]
    public void A_pinned_page_stays_mapped_and_can_be_used()
    {
        FrameNumber[] pinned = new FrameNumber[1];
        Map(0, 2);
        Store(0, 1);
        Store(1, 2);
        Assert.Equal(FaultResult.Success, Space.Pin(AddressRange.OfPage(At(1)), AccessRights.Write, pinned));

        Assert.Equal(new ReapResult(1, 1, 0, false), Space.TryReap());

        Assert.Equal(2, Load(1));
        Store(1, 3);
        Space.Unpin(pinned);
        Assert.Equal(new ReapResult(1, 0, 0, false), Space.TryReap());
        Assert.Equal(FaultResult.BusError, Read(1));
    }

    [Fact]
    public void Frames_of_nobody_stay()
    {
        FrameNumber[] lent = new FrameNumber[1];
        Map(0, 1);
        Map(8, 1);
        Store(0, 9);
        Assert.Equal(FaultResult.Success, Space.Pin(AddressRange.OfPage(At(0)), AccessRights.Write, lent));
        Assert.Equal(Errno.None, Space.RemapFrames(At(8), lent));

        Assert.Equal(new ReapResult(0, 1, 0, false), Space.TryReap());

        Assert.Equal(9, Load(8));
        Space.Unpin(lent);
    }

    [Fact]
    public void A_page_that_a_child_shares_stays_the_childs()
    {
        Map(0, 1);
        Store(0, 4);
        using AddressSpace child = Space.Fork()!;

        Assert.Equal(1, Space.TryReap().ReapedPages);

        Assert.Equal(FaultResult.BusError, Read(0));
        Assert.Equal(4, child.Load(Window));
        child.Store(Window, 5);
        Assert.Null(Space.Fork());
    }

    [Fact]
    public void A_huge_page_goes_whole()
    {
        const ulong Base = 0x400;
        Space.MapPrivate(Base, 512);
        Space.Store(Base, 1);
        Assert.Equal(Errno.None, Space.Advise(Spaces.At(Base), Bytes(512), Advice.Collapse));
        long before = Memory.FramesInUse;

        Assert.Equal(512, Space.TryReap().ReapedPages);

        Assert.Equal(before - 512, Memory.FramesInUse);
        Assert.Equal(Errno.EAGAIN, Space.Advise(Spaces.At(Base), Bytes(512), Advice.Collapse));
        Assert.Equal(FaultResult.BusError, Space.Access(Spaces.At(Base), AccessRights.Read).Result);
    }

    [Fact]
    public void A_page_that_a_device_has_for_itself_goes()
    {
        FrameNumber[] frames = new FrameNumber[1];
        Map(0, 1);
        Assert.True(Space.MakeExclusive(AddressRange.OfPage(At(0)), this, frames).Succeeded);
        Assert.Equal(1, Space.TryReap().ReapedPages);
        Assert.Equal(FaultResult.BusError, Touch(0));
    }

    [Fact]
    public void Each_area_gets_a_bracket_that_must_not_block()
    {
        RecordingNotifier notifier = new() { OnStart = static range => Assert.False(range.IsBlockable) };
        Map(0, 2);
        Map(4, 2);
        Store(0, 1);
        Store(4, 1);
        using NotifierSubscription subscription = Space.Register((IMmuNotifier)notifier);
        Space.TryReap();

        InvalidationRange first = new InvalidationRange(AddressRange.FromPages(At(0), 2), InvalidationEvent.Clear).NonBlockable();
        InvalidationRange second = new InvalidationRange(AddressRange.FromPages(At(4), 2), InvalidationEvent.Clear).NonBlockable();
        Assert.Equal([$"start {first}", $"end {first}", $"start {second}", $"end {second}"], notifier.Calls);
    }

    [Fact]
    public void While_somebody_holds_the_map_lock_nothing_is_looked_at_and_nothing_changes()
    {
        Map(0, 1);
        Store(0, 3);
        ReapResult result = default;
        RecordingNotifier notifier = new() { OnStart = _ => result = Reap() };
        using (Space.Register((IMmuNotifier)notifier))
        {
            Assert.Equal(Errno.None, Space.Protect(At(0), Bytes(1), AccessRights.Read));
        }

        Assert.Equal(new ReapResult(0, 0, 0, true), result);
        Assert.False(result.IsComplete);
        Assert.False(Space.IsReaped);
        Assert.Equal(3, Load(0));

        ReapResult Reap()
        {
            ReapResult onThisThread = Space.TryReap();
            ReapResult onAnother = default;
            Thread reaper = new(() => onAnother = Space.TryReap());
            reaper.Start();
            reaper.Join();
            Assert.Equal(onThisThread, onAnother);
            return onAnother;
        }
    }

    [Fact]
    public void After_the_end_there_is_nothing_to_reap()
    {
        AddressSpace space = new(Memory);
        space.MapPrivate(Window, 1);
        space.Store(Window, 3);
        space.Dispose();
        Assert.Equal(new ReapResult(0, 0, 0, false), space.TryReap());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void No_attempt_at_all_is_refused(int attempts) => Assert.Throws<ArgumentOutOfRangeException>(() => Space.TryReap(attempts));
}
