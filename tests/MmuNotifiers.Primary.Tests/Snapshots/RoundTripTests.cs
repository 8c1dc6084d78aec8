using MmuNotifiers.Primary.Tests.Core;

namespace MmuNotifiers.Primary.Tests.Snapshots;

/// <summary>What is saved is what is loaded.</summary>
public sealed class RoundTripTests : SnapshotTest
{
    [Fact]
    public void Private_pages_come_back_and_what_was_never_written_is_zero()
    {
        Map(0, 8);
        Store(1, 11);
        Store(6, 66);
        AddressSpace loaded = SaveAndLoad();

        Assert.Equal([0, 11, 0, 0, 0, 0, 66, 0], Enumerable.Range(0, 8).Select(page => (int)Load(loaded, (ulong)page)));
    }

    [Fact]
    public void Nothing_is_read_before_it_is_used()
    {
        Map(0, 64);
        for (ulong page = 0; page < 64; page++)
        {
            Store(page, (byte)(page + 1));
        }

        Save();
        PhysicalMemory memory = Hold(new PhysicalMemory(256));
        AddressSpace loaded = LoadAnew(memory: memory);

        Assert.Equal(1, memory.FramesInUse);
        Assert.Equal(64, loaded.GetStatistics().SwappedPages);
        Assert.Equal(33, Load(loaded, 32));
        Assert.InRange(memory.SwapStatistics.SwapIns + memory.SwapStatistics.ReadAheads, 1, 8);
    }

    [Fact]
    public void The_loaded_address_space_is_its_own()
    {
        Map(0, 2);
        Store(0, 1);
        AddressSpace loaded = SaveAndLoad();
        loaded.Store(First, 2);
        Store(0, 3);

        Assert.Equal(2, Load(loaded, 0));
        AddressSpace again = LoadAnew();
        Assert.Equal(1, Load(again, 0));
    }

    [Fact]
    public void Pages_of_zeroes_are_not_stored()
    {
        Map(0, 4);
        Store(0, 1);
        Store(0, 0);
        Store(1, 2);
        Assert.Equal(0, Load(Space, 2));
        Assert.Equal(1, Save().StoredPages);
        Assert.Equal(2, Load(LoadAnew(), 1));
    }

    [Fact]
    public void Merged_pages_are_stored_once()
    {
        Map(0, 8);
        for (ulong page = 0; page < 8; page++)
        {
            Store(page, 7);
        }

        Space.Advise(At(0), Bytes(8), Advice.Mergeable);
        Space.MergeEqualPages(AddressRange.FromPages(At(0), 8));
        Space.MergeEqualPages(AddressRange.FromPages(At(0), 8));
        SnapshotSummary summary = Save();
        AddressSpace loaded = LoadAnew();

        Assert.Equal(1, summary.StoredPages);
        Assert.All(Enumerable.Range(0, 8), page => Assert.Equal(7, Load(loaded, (ulong)page)));
        loaded.Store(First, 8);
        Assert.Equal(7, Load(loaded, 1));
    }

    [Fact]
    public void Rights_and_advice_come_back()
    {
        Map(0, 2, AccessRights.Read);
        Map(4, 2, AccessRights.None);
        Map(8, 2, AccessRights.ReadWrite | AccessRights.Execute, MapFlags.NoReserve);
        Map(12, 2);
        Map(16, 2);
        Map(512, 2, more: MapFlags.GrowsDown);
        Map(1024, 2);
        Store(12, 1);
        Store(16, 2);
        Store(1025, 3);
        Assert.Equal(Errno.None, Space.Advise(At(12), Bytes(2), Advice.WipeOnFork));
        Assert.Equal(Errno.None, Space.Advise(At(16), Bytes(2), Advice.DontFork));
        Assert.Equal(Errno.None, Space.Lock(At(1024), Bytes(2)));
        AddressSpace loaded = SaveAndLoad();

        Assert.Equal((1, 2, 3), (Load(loaded, 12), Load(loaded, 16), Load(loaded, 1025)));
        Assert.Equal(FaultResult.AccessDenied, loaded.Access(At(0), AccessRights.Write).Result);
        Assert.Equal(FaultResult.AccessDenied, loaded.Access(At(4), AccessRights.Read).Result);
        Assert.Equal(FaultResult.Success, loaded.Access(At(8), AccessRights.Execute).Result);
        Assert.Equal(FaultResult.Success, loaded.Access(At(511), AccessRights.Write).Result);
        using AddressSpace child = loaded.Fork()!;
        Assert.Equal(0, Load(child, 12));
        Assert.Equal(FaultResult.NotMapped, child.Access(At(16), AccessRights.Read).Result);
    }

    [Fact]
    public void The_heap_comes_back_and_can_grow()
    {
        Assert.True(Space.SetHeapEnd(Spaces.At(0x1003) + 17).Succeeded);
        Space.Store(0x1001, 5);
        AddressSpace loaded = SaveAndLoad();

        Assert.Equal(Spaces.At(0x1003) + 17, loaded.HeapEnd);
        Assert.Equal(5, loaded.Load(0x1001));
        Assert.Equal(Spaces.At(0x1010), loaded.SetHeapEnd(Spaces.At(0x1010)).Address);
    }

    [Fact]
    public void Guards_come_back()
    {
        Map(0, 4);
        Store(1, 1);
        Assert.Equal(Errno.None, Space.Advise(At(2), Bytes(1), Advice.GuardInstall));
        AddressSpace loaded = SaveAndLoad();

        Assert.Equal(FaultResult.NotMapped, loaded.Access(At(2), AccessRights.Read).Result);
        Assert.Equal(FaultResult.Success, loaded.Access(At(3), AccessRights.Read).Result);
        using AddressSpace child = loaded.Fork()!;
        Assert.Equal(FaultResult.NotMapped, child.Access(At(2), AccessRights.Read).Result);
    }

    [Fact]
    public void Areas_merge_and_split_afterwards_as_they_would_have_done()
    {
        Map(0, 2);
        Map(4, 2);
        Store(0, 1);
        Store(4, 2);
        AddressSpace loaded = SaveAndLoad();
        foreach (AddressSpace space in new[] { Space, loaded })
        {
            space.MapPrivate(First + 2, 2);
            space.Protect(At(1), Bytes(1), AccessRights.Read);
            space.Protect(At(1), Bytes(1), AccessRights.ReadWrite);
            space.Move(At(4), Bytes(1), Bytes(1), MoveFlags.MayMove | MoveFlags.Fixed, At(10));
        }

        Assert.Equal(Space.Layout().Select(Describe), loaded.Layout().Select(Describe));
        Assert.Equal(2, Load(loaded, 10));
        loaded.AssertInvariants();
    }

    [Fact]
    public void What_was_written_since_soft_dirty_was_cleared_is_still_known()
    {
        Map(0, 8);
        for (ulong page = 0; page < 6; page++)
        {
            Store(page, 1);
        }

        Space.ClearSoftDirty(AddressRange.FromPages(At(0), 8));
        Store(2, 2);
        Store(3, 0);
        Store(7, 0);
        IReadOnlyList<AddressRange> dirty = Space.SoftDirtyPages(AddressRange.FromPages(At(0), 8));
        AddressSpace loaded = SaveAndLoad();

        Assert.Equal(dirty, loaded.SoftDirtyPages(AddressRange.FromPages(At(0), 8)));
        Assert.Equal(1, Load(loaded, 0));
        loaded.Store(First + 5, 3);
        Store(5, 3);
        Assert.Equal(Space.SoftDirtyPages(AddressRange.FromPages(At(0), 8)), loaded.SoftDirtyPages(AddressRange.FromPages(At(0), 8)));
    }

    [Fact]
    public void Pages_that_a_device_has_pinned_or_for_itself_and_huge_ones_are_saved()
    {
        FrameNumber[] frames = new FrameNumber[1];
        Map(0, 4);
        Store(0, 1);
        Store(1, 2);
        Space.MapPrivate(0x20000, 512);
        Space.Store(0x20005, 3);
        Assert.Equal(Errno.None, Space.Advise(Spaces.At(0x20000), Bytes(512), Advice.Collapse));
        Assert.Equal(FaultResult.Success, Space.Pin(AddressRange.OfPage(At(0)), AccessRights.Write, frames));
        Assert.True(Space.MakeExclusive(AddressRange.OfPage(At(1)), this, new FrameNumber[1]).Succeeded);
        AddressSpace loaded = SaveAndLoad();
        Space.Unpin(frames);

        Assert.Equal((1, 2, 3), (Load(loaded, 0), Load(loaded, 1), loaded.Load(0x20005)));
    }

    [Fact]
    public void An_address_space_of_nothing_is_saved_too()
    {
        SnapshotSummary summary = Save();
        Assert.Equal((0, 0ul, 0L), (summary.Areas, summary.MappedPages, summary.StoredPages));
        Assert.Empty(LoadAnew().Layout());
        Assert.Equal(new FileInfo(File).Length, summary.FileBytes);
    }

    [Fact]
    public void A_child_of_a_loaded_address_space_shows_the_same_until_one_side_stores()
    {
        Map(0, 4);
        Store(0, 1);
        Store(1, 2);
        AddressSpace loaded = SaveAndLoad();
        using AddressSpace child = loaded.Fork()!;
        loaded.Store(First, 9);
        child.Store(First + 1, 8);

        Assert.Equal((9, 2), (Load(loaded, 0), Load(loaded, 1)));
        Assert.Equal((1, 8), (Load(child, 0), Load(child, 1)));
        child.AssertInvariants();
        loaded.AssertInvariants();
    }

    [Fact]
    public void Two_loads_into_one_pool_share_what_came_in()
    {
        Map(0, 2);
        Store(0, 1);
        Save();
        PhysicalMemory memory = Hold(new PhysicalMemory(64));
        Snapshot snapshot = Open();
        AddressSpace one = Hold(snapshot.Load(memory));
        AddressSpace other = Hold(snapshot.Load(memory));
        Assert.Equal(1, Load(one, 0));
        long reads = memory.SwapStatistics.SwapIns;
        Assert.Equal(1, Load(other, 0));
        Assert.Equal(reads, memory.SwapStatistics.SwapIns);
        one.Store(First, 2);
        Assert.Equal(1, Load(other, 0));
        other.AssertInvariants();
    }

    [Fact]
    public void A_loaded_address_space_can_be_saved_again()
    {
        Map(0, 4);
        Store(0, 1);
        Store(3, 4);
        AddressSpace loaded = SaveAndLoad();
        loaded.Store(First + 1, 2);
        string second = Folder["second.snapshot"];
        Save(loaded, second);
        AddressSpace again = Hold(Hold(Snapshot.Open(second)).Load(Hold(new PhysicalMemory(64))));

        Assert.Equal((1, 2, 0, 4), (Load(again, 0), Load(again, 1), Load(again, 2), Load(again, 3)));
    }

    [Fact]
    public void A_stream_that_cannot_seek_receives_the_same_bytes_as_a_file()
    {
        Map(0, 3);
        Store(0, 1);
        Store(2, 2);
        using MemoryStream written = new();
        SnapshotSummary summary = Write(Space, new WriteOnlyStream(written));
        System.IO.File.WriteAllBytes(File, written.ToArray());

        Assert.Equal(written.Length, summary.FileBytes);
        AddressSpace loaded = LoadAnew();
        Assert.Equal((1, 0, 2), (Load(loaded, 0), Load(loaded, 1), Load(loaded, 2)));
    }
}
