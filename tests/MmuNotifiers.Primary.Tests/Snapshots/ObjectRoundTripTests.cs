using MmuNotifiers.Primary.Tests.Core;
using MmuNotifiers.Primary.Tests.Swap;

namespace MmuNotifiers.Primary.Tests.Snapshots;

/// <summary>Shared memory, files and nonlinear mappings, saved and loaded.</summary>
public sealed class ObjectRoundTripTests : SnapshotTest
{
    [Fact]
    public void Areas_that_share_memory_share_it_again()
    {
        using SharedMemoryObject shared = new(Memory, Bytes(8));
        ObjectHandle handle = new(shared, AccessRights.ReadWrite);
        MapObject(0, 4, handle, MapFlags.Shared);
        MapObject(8, 4, handle, MapFlags.Shared, offset: 2);
        MapObject(16, 4, new ObjectHandle(shared, AccessRights.ReadWrite), MapFlags.Private);
        Store(2, 5);
        Store(17, 6);
        shared.Write(Bytes(6), [9]);
        AddressSpace loaded = SaveAndLoad();

        Assert.Equal((5, 5, 5, 6), (Load(loaded, 2), Load(loaded, 8), Load(loaded, 18), Load(loaded, 17)));
        loaded.Store(First + 8, 7);
        Assert.Equal((7, 7), (Load(loaded, 2), Load(loaded, 18)));
        Assert.Equal(5, Load(Space, 2));
        AreaInfo[] areas = loaded.Layout();
        Assert.Same(areas[0].Handle, areas[1].Handle);
        Assert.NotSame(areas[0].Handle, areas[2].Handle);
        Assert.Same(areas[0].Handle!.Object, areas[2].Handle!.Object);
        byte[] behind = new byte[1];
        Assert.Equal(1, areas[0].Handle!.Object.Read(Bytes(6), behind).Bytes);
        Assert.Equal(9, behind[0]);
        Assert.Equal(Bytes(8), areas[0].Handle!.Object.SizeBytes);
    }

    [Fact]
    public void Shared_anonymous_memory_goes_with_the_last_area_that_maps_it()
    {
        Assert.Equal(Errno.None, Space.Map(new MapRequest(
            Bytes(2), AccessRights.ReadWrite, MapFlags.Shared | MapFlags.Anonymous | MapFlags.Fixed) { Address = At(0) }).Error);
        Store(1, 3);
        Save();
        PhysicalMemory memory = Hold(new PhysicalMemory(64));
        AddressSpace loaded = LoadAnew(memory: memory);
        using (AddressSpace child = loaded.Fork()!)
        {
            child.Store(First, 4);
            Assert.Equal((4, 3), (Load(loaded, 0), Load(loaded, 1)));
        }

        loaded.Unmap(At(0), Bytes(2));
        Assert.Equal(1, memory.FramesInUse);
    }

    [Fact]
    public void Private_copies_of_a_files_pages_are_saved_and_the_file_is_opened_by_its_name()
    {
        byte[] content = new byte[4 * Page.SizeBytes];
        content[Page.SizeBytes] = 11;
        content[2 * Page.SizeBytes] = 22;
        using FileObject file = new(Memory, new ByteFileContent(content));
        MapObject(0, 4, new ObjectHandle(file, AccessRights.ReadWrite), MapFlags.Private);
        Store(0, 1);
        Store(2, 0);
        PhysicalMemory memory = Hold(new PhysicalMemory(64));
        FileObject other = Hold(new FileObject(memory, new ByteFileContent([.. content])));
        SnapshotFile? asked = null;
        Save(new SnapshotSaveOptions { NameFile = opened => ReferenceEquals(opened, file) ? "/lib/ü" : null });
        AddressSpace loaded = LoadAnew(
            new SnapshotLoadOptions
            {
                OpenFile = name =>
                {
                    asked = name;
                    return other;
                },
            },
            memory);

        Assert.Equal(new SnapshotFile("/lib/ü", Bytes(4)), asked);
        Assert.Equal((1, 11, 0, 0), (Load(loaded, 0), Load(loaded, 1), Load(loaded, 2), Load(loaded, 3)));
        Assert.Equal("/lib/ü", Assert.Single(Open().Areas).File);
    }

    [Fact]
    public void Nonlinear_pages_keep_their_places_whether_they_are_mapped_or_not()
    {
        using SharedMemoryObject shared = new(Memory, Bytes(8));
        MapObject(0, 8, new ObjectHandle(shared, AccessRights.ReadWrite), MapFlags.Shared);
        for (ulong page = 0; page < 8; page++)
        {
            Store(page, (byte)(page + 10));
        }

        Assert.Equal(Errno.None, Space.RemapPages(At(0), Bytes(2), objectPageOffset: 4));
        Assert.Equal(Errno.None, Space.RemapPages(At(6), Bytes(1), objectPageOffset: 1));
        Assert.Equal(14, Load(Space, 0));
        AddressSpace loaded = SaveAndLoad();

        Assert.Equal((14, 15, 12, 11, 17), (Load(loaded, 0), Load(loaded, 1), Load(loaded, 2), Load(loaded, 6), Load(loaded, 7)));
        loaded.Advise(At(0), Bytes(8), Advice.DontNeed);
        Assert.Equal(14, Load(loaded, 0));
    }

    [Fact]
    public void A_truncation_of_loaded_shared_memory_makes_its_pages_zero()
    {
        using SharedMemoryObject shared = new(Memory, Bytes(4));
        MapObject(0, 4, new ObjectHandle(shared, AccessRights.ReadWrite), MapFlags.Shared);
        Store(2, 5);
        Store(3, 6);
        AddressSpace loaded = SaveAndLoad();
        MemoryObject target = loaded.Layout()[0].Handle!.Object;

        Assert.Equal(Errno.None, target.Resize(Bytes(3)));
        Assert.Equal(Errno.None, target.Resize(Bytes(4)));
        Assert.Equal(Errno.None, target.PunchHole(Bytes(2), Bytes(1)));
        Assert.Equal((0, 0), (Load(loaded, 2), Load(loaded, 3)));
    }

    [Fact]
    public async Task Loaded_shared_memory_lives_through_pressure()
    {
        const ulong Pages = 256;
        using SharedMemoryObject shared = new(Memory, Bytes(Pages));
        MapObject(0, Pages, new ObjectHandle(shared, AccessRights.ReadWrite), MapFlags.Shared);
        for (ulong page = 0; page < Pages; page++)
        {
            Store(page, (byte)(page ^ 0x5a));
        }

        Save();
        await using TestSwapStore store = new(1 << 10);
        using PhysicalMemory memory = new(64, FreedFrames.Poisoned, new ReclaimOptions { Swap = store });
        using Snapshot snapshot = Snapshot.Open(File);
        using AddressSpace loaded = snapshot.Load(memory);
        for (int round = 0; round < 3; round++)
        {
            for (ulong page = 0; page < Pages; page++)
            {
                Assert.Equal((byte)(page ^ 0x5a ^ ((ulong)round & 1)), Load(loaded, page));
                loaded.Store(First + page, (byte)(page ^ 0x5a ^ ((ulong)(round + 1) & 1)));
            }
        }

        loaded.AssertInvariants();
    }
}
