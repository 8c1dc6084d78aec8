namespace MmuNotifiers.Primary.Tests.Objects;

public sealed class FileObjectTests : IDisposable
{
    private readonly PhysicalMemory _memory = new(frames: 64, FreedFrames.Poisoned);

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void A_page_that_cannot_be_read_is_a_bus_error_and_keeps_no_frame()
    {
        FailingContent content = new(2 * Page.SizeBytes) { ReadError = Errno.EIO };
        using FileObject file = new(_memory, content);
        Assert.Equal(FaultResult.BusError, file.GetPage(0, out _));
        Assert.Equal(new ObjectTransferResult(Errno.EIO, 0), file.Read(0, new byte[10]));
        Assert.Equal(1, _memory.FramesInUse);
        content.ReadError = Errno.None;
        Assert.Equal(10, file.Read(0, new byte[10]).Bytes);
    }

    [Fact]
    public void A_page_that_cannot_be_written_stays_dirty_and_the_error_reaches_the_caller()
    {
        FailingContent content = new(Page.SizeBytes) { WriteError = Errno.EIO };
        using FileObject file = new(_memory, content);
        file.Write(0, [1, 2, 3]);
        Assert.Equal(Errno.EIO, file.Sync());
        content.WriteError = Errno.None;
        Assert.Equal(Errno.None, file.Sync());
        Assert.Equal(1, content.Writes);
        Assert.Equal(Errno.None, file.Sync());
        Assert.Equal(1, content.Writes);
    }

    [Fact]
    public void A_content_that_refuses_a_new_size_leaves_the_file_as_it_was()
    {
        FailingContent content = new(Page.SizeBytes) { ResizeError = Errno.ENOSPC };
        using FileObject file = new(_memory, content);
        file.Write(10, [5]);
        Assert.Equal(Errno.ENOSPC, file.Resize(0));
        Assert.Equal((ulong)Page.SizeBytes, file.SizeBytes);
        byte[] bytes = [0];
        file.Read(10, bytes);
        Assert.Equal(5, bytes[0]);
    }

    [Fact]
    public void Bytes_behind_the_end_are_never_written_back_and_are_zero_when_the_file_grows()
    {
        ByteFileContent content = new(new byte[100]);
        using FileObject file = new(_memory, content);
        file.GetPage(0, out FrameNumber frame);
        _memory.Bytes(frame)[50] = 4;
        _memory.Bytes(frame)[3000] = 9;
        _memory.Frames.MarkDirty(frame);
        Assert.Equal(Errno.None, file.Sync());
        Assert.Equal(100, content.ToArray().Length);
        Assert.Equal(4, content.ToArray()[50]);
        Assert.Equal(0, _memory.Bytes(frame)[3000]);

        _memory.Bytes(frame)[3000] = 9;
        Assert.Equal(1, file.Write(3500, [1]).Bytes);
        Assert.Equal(0, _memory.Bytes(frame)[3000]);
        _memory.Put(frame);
    }

    [Fact]
    public void A_truncation_that_overtakes_the_reading_of_a_page_wins()
    {
        FailingContent content = new(2 * Page.SizeBytes);
        using FileObject file = new(_memory, content);
        content.DuringRead = () =>
        {
            content.DuringRead = null;
            Assert.Equal(Errno.None, file.Resize(Page.SizeBytes));
        };
        Assert.Equal(FaultResult.BusError, file.GetPage(1, out _));
        Assert.Equal(1, _memory.FramesInUse);
    }

    [Fact]
    public void A_page_that_was_read_before_its_hole_was_punched_is_read_again()
    {
        ByteFileContent bytes = new([.. Enumerable.Repeat((byte)7, Page.SizeBytes)]);
        FailingContent content = new(Page.SizeBytes) { Behind = bytes };
        using FileObject file = new(_memory, content);
        content.AfterRead = () =>
        {
            content.AfterRead = null;
            Assert.Equal(Errno.None, file.PunchHole(0, 100));
        };
        byte[] found = new byte[200];
        Assert.Equal(200, file.Read(0, found).Bytes);
        Assert.All(found[..100], value => Assert.Equal(0, value));
        Assert.All(found[100..], value => Assert.Equal(7, value));
    }

    [Fact]
    public void A_file_of_the_host_takes_what_was_written()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, [.. Enumerable.Repeat((byte)3, 5000)]);
            using (DiskFileContent content = DiskFileContent.Open(path, FileAccess.ReadWrite))
            using (FileObject file = new(_memory, content))
            {
                byte[] found = new byte[6000];
                Assert.Equal(5000, file.Read(0, found).Bytes);
                Assert.Equal(3, found[4999]);
                file.Write(4096, [8, 8]);
                Assert.Equal(Errno.None, file.Resize(9000));
                Assert.Equal(Errno.None, file.PunchHole(0, 4096));
            }

            byte[] expected = [.. new byte[4096], 8, 8, .. Enumerable.Repeat((byte)3, 902), .. new byte[4000]];
            Assert.Equal(expected, File.ReadAllBytes(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_file_that_is_open_for_reading_only_refuses_to_be_changed()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, new byte[100]);
            using DiskFileContent content = DiskFileContent.Open(path, FileAccess.Read);
            using FileObject file = new(_memory, content);
            Assert.NotEqual(Errno.None, file.Resize(10));
            Assert.Equal(100UL, file.SizeBytes);
            file.Write(0, [1]);
            Assert.NotEqual(Errno.None, file.Sync());
        }
        finally
        {
            File.Delete(path);
        }
    }
}
