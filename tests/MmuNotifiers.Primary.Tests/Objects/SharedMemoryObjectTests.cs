namespace MmuNotifiers.Primary.Tests.Objects;

public sealed class SharedMemoryObjectTests : IDisposable
{
    private readonly PhysicalMemory _memory = new(frames: 16, FreedFrames.Poisoned);

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void Reading_an_absent_page_takes_no_frame()
    {
        using SharedMemoryObject target = new(_memory, 1UL << 40);
        byte[] bytes = [1, 2, 3];
        Assert.Equal(3, target.Read(1UL << 39, bytes).Bytes);
        Assert.Equal([0, 0, 0], bytes);
        Assert.Equal(0UL, target.CachedPages);
        Assert.Equal(1, _memory.FramesInUse);
    }

    [Fact]
    public void A_page_wholly_beyond_the_end_is_a_bus_error_and_the_one_with_the_end_is_not()
    {
        using SharedMemoryObject target = new(_memory, Page.SizeBytes + 1);
        Assert.Equal(FaultResult.Success, target.GetPage(1, out FrameNumber frame));
        _memory.Put(frame);
        Assert.Equal(FaultResult.BusError, target.GetPage(2, out _));
        Assert.False(target.TryGetCachedPage(0, out _));
    }

    [Fact]
    public void A_frame_that_left_by_truncation_is_owned_no_more_although_the_page_comes_back()
    {
        using SharedMemoryObject target = new(_memory, 2 * Page.SizeBytes);
        Assert.Equal(FaultResult.Success, target.GetPage(1, out FrameNumber frame));
        Assert.True(target.StillOwns(frame, 1));
        Assert.Equal(Errno.None, target.Resize(Page.SizeBytes));
        Assert.False(target.StillOwns(frame, 1));
        Assert.Equal(Errno.None, target.Resize(2 * Page.SizeBytes));
        Assert.Equal(FaultResult.Success, target.GetPage(1, out FrameNumber fresh));
        Assert.NotEqual(frame, fresh);
        _memory.Put(frame);
        _memory.Put(fresh);
    }

    [Fact]
    public void Bytes_behind_the_end_appear_when_shared_memory_grows_but_not_after_a_truncation()
    {
        using SharedMemoryObject target = new(_memory, 100);
        StoreBehindTheEnd(target, 3000);
        Assert.Equal(Errno.None, target.Resize(Page.SizeBytes));
        Assert.Equal(9, ByteAt(target, 3000));

        Assert.Equal(Errno.None, target.Resize(100));
        StoreBehindTheEnd(target, 3000);
        Assert.Equal(Errno.None, target.Resize(100));
        Assert.Equal(Errno.None, target.Resize(Page.SizeBytes));
        Assert.Equal(0, ByteAt(target, 3000));
    }

    [Fact]
    public void A_pool_without_frames_refuses_and_keeps_what_was_written()
    {
        using SharedMemoryObject target = new(_memory, 0);
        byte[] bytes = [.. Enumerable.Repeat((byte)7, 32 * Page.SizeBytes)];
        ObjectTransferResult result = target.Write(0, bytes);
        Assert.Equal(new ObjectTransferResult(Errno.ENOMEM, 15 * Page.SizeBytes), result);
        Assert.Equal((ulong)result.Bytes, target.SizeBytes);
        Assert.Equal(FaultResult.OutOfMemory, GetPageAfterGrowth(target));
    }

    [Fact]
    public void Sizes_and_holes_beyond_the_largest_object_are_refused()
    {
        using SharedMemoryObject target = new(_memory, 0);
        Assert.Equal(Errno.EINVAL, target.Resize(1UL << 63));
        Assert.Equal(Errno.None, target.Resize(MemoryObject.MaxSizeBytes));
        Assert.Equal(Errno.EINVAL, target.PunchHole(0, 0));
        Assert.Equal(Errno.EINVAL, target.PunchHole(1UL << 63, 1));
        Assert.Equal(Errno.EFBIG, target.PunchHole(MemoryObject.MaxSizeBytes, 1));
        Assert.Equal(Errno.None, target.PunchHole(5, MemoryObject.MaxSizeBytes - 5));
        Assert.Equal(Errno.EINVAL, target.Write(MemoryObject.MaxSizeBytes, [1]).Error);
        Assert.Equal(Errno.EINVAL, target.Write(MemoryObject.MaxSizeBytes - 1, [1, 2, 3]).Error);
        Assert.Equal(Errno.EINVAL, target.Read(MemoryObject.MaxSizeBytes, new byte[1]).Error);
        Assert.Equal(1, target.Write(MemoryObject.MaxSizeBytes - 1, [1]).Bytes);
    }

    [Fact]
    public void A_dropped_page_is_one_that_nobody_uses_and_nobody_wrote()
    {
        using SharedMemoryObject target = new(_memory, 3 * Page.SizeBytes);
        target.GetPage(0, out FrameNumber clean);
        Assert.Equal(0, target.EvictPages(0, 1).FreedPages);
        _memory.Put(clean);
        Assert.Equal(1, target.EvictPages(0, 1).FreedPages);
        target.Write(Page.SizeBytes, [1]);
        Assert.Equal(0, target.EvictPages(1, 1).FreedPages);
        Assert.Equal(0, target.EvictPages(2, 1).FreedPages);
    }

    private static void StoreBehindTheEnd(SharedMemoryObject target, int offset)
    {
        target.GetPage(0, out FrameNumber frame);
        target.Memory.Bytes(frame)[offset] = 9;
        target.Memory.Frames.MarkDirty(frame);
        target.Memory.Put(frame);
    }

    private static byte ByteAt(SharedMemoryObject target, ulong offset)
    {
        byte[] bytes = [0xff];
        Assert.Equal(1, target.Read(offset, bytes).Bytes);
        return bytes[0];
    }

    private static FaultResult GetPageAfterGrowth(SharedMemoryObject target)
    {
        target.Resize(64 * Page.SizeBytes);
        return target.GetPage(40, out _);
    }
}
