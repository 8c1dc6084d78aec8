using MmuNotifiers.Primary.Tests.Core;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Objects;

public sealed class FileEvictionTests : IDisposable
{
    private readonly PhysicalMemory _memory = Evictions.PoolOver(store: null);
    private readonly FailingContent _content = new(4 * Page.SizeBytes);
    private readonly FileObject _file;
    private readonly AddressSpace _space;

    public FileEvictionTests()
    {
        for (ulong page = 0; page < 4; page++)
        {
            _content.Behind.Write(page << Page.Shift, [(byte)(page + 1)]);
        }

        _file = new FileObject(_memory, _content);
        _space = new AddressSpace(_memory, new AddressSpaceOptions { FaultAroundPages = 1 });
        _space.MapObject(16, 4, MapFlags.Shared, new ObjectHandle(_file, AccessRights.ReadWrite));
    }

    public void Dispose()
    {
        _space.Dispose();
        _file.Dispose();
        _memory.AssertNothingIsLeft();
        _memory.Dispose();
    }

    [Fact]
    public void A_clean_page_is_dropped_and_read_again()
    {
        Assert.Equal(2, _space.Load(17));
        Assert.Equal(new EvictionResult(1, 0, 0), _file.EvictAll());
        Assert.Equal(0UL, _file.CachedPages);
        Assert.Equal(2, _space.Load(17));
        Assert.Equal(0, _content.Writes);
        AddressSpaceStatistics statistics = _space.GetStatistics();
        Assert.Equal((1, 0, 1), (statistics.Refaults, statistics.SwapIns, statistics.Evictions.Pressure));
    }

    [Fact]
    public void A_page_that_was_stored_to_is_written_back_before_it_goes()
    {
        _space.Store(16, 50);
        Assert.Equal(new EvictionResult(1, 1, 0), _file.EvictAll());
        Assert.Equal(50, _content.Behind.ToArray()[0]);
        Assert.Equal(50, _space.Load(16));
    }

    [Fact]
    public void A_page_that_cannot_be_written_back_stays_and_the_next_sync_tells()
    {
        _space.Store(16, 50);
        _content.WriteError = Errno.ENOSPC;
        Assert.Equal(new EvictionResult(0, 0, 1), _file.EvictAll());
        Assert.Equal(1UL, _file.CachedPages);
        Assert.Equal(50, _space.Load(16));

        _content.WriteError = Errno.None;
        Assert.Equal(Errno.ENOSPC, _file.Sync());
        Assert.Equal(Errno.None, _file.Sync());
        Assert.Equal(50, _content.Behind.ToArray()[0]);
        Assert.Equal(new EvictionResult(1, 0, 0), _file.EvictAll());
    }

    [Fact]
    public void A_store_during_the_write_back_keeps_the_page()
    {
        _space.Store(16, 50);
        _content.AfterWrite = () =>
        {
            Thread storer = new(() => _space.Store(16, 51));
            storer.Start();
            storer.Join();
        };
        Assert.Equal(0, _file.EvictAll().FreedPages);
        _content.AfterWrite = null;
        Assert.Equal(50, _content.Behind.ToArray()[0]);
        Assert.Equal(51, _space.Load(16));
        Assert.Equal(new EvictionResult(1, 1, 0), _file.EvictAll());
        Assert.Equal(51, _content.Behind.ToArray()[0]);
    }

    [Fact]
    public void Bytes_that_were_read_before_a_page_came_and_went_again_are_thrown_away()
    {
        // The first reader is held with the old byte in hand; meanwhile the page is read, written, written back and dropped.
        _space.Load(16);
        _file.EvictAll();
        _content.AfterRead = () =>
        {
            _content.AfterRead = null;
            Thread other = new(() =>
            {
                _file.Write(0, [77]);
                Assert.Equal(1, _file.EvictAll().FreedPages);
            });
            other.Start();
            other.Join();
        };
        Assert.Equal(77, _space.Load(16));
    }

    [Fact]
    public void Evictions_of_other_pages_do_not_make_a_slow_read_start_over()
    {
        int reads = 0;
        _space.Load(17);
        _content.AfterRead = () =>
        {
            reads++;
            _content.AfterRead = null;
            Assert.Equal(1, _file.EvictPages(1, 1).FreedPages);
        };
        Assert.Equal(1, _space.Load(16));
        Assert.Equal(1, reads);
    }

    [Fact]
    public void Private_mappings_of_a_file_lose_its_pages_and_keep_their_copies()
    {
        _space.MapObject(40, 4, MapFlags.Private, new ObjectHandle(_file, AccessRights.ReadWrite));
        Assert.Equal(1, _space.Load(40));
        _space.Store(41, 99);
        Assert.Equal(2, _file.EvictAll().FreedPages);
        Assert.Equal((1, 99), (_space.Load(40), _space.Load(41)));
        _space.AssertInvariants();
    }

    [Fact]
    public void A_file_of_the_host_takes_its_pages_back_and_gives_them_again()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, [.. Enumerable.Repeat((byte)5, 2 * Page.SizeBytes)]);
            using (DiskFileContent content = DiskFileContent.Open(path, FileAccess.ReadWrite))
            using (FileObject file = new(_memory, content))
            {
                file.Write(10, [6, 7]);
                file.Read(Page.SizeBytes, new byte[1]);
                Assert.Equal(new EvictionResult(2, 1, 0), file.EvictAll());
                byte[] bytes = new byte[4];
                Assert.Equal(4, file.Read(9, bytes).Bytes);
                Assert.Equal([5, 6, 7, 5], bytes);
            }

            Assert.Equal([5, 6, 7, 5], File.ReadAllBytes(path)[9..13]);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
