using MmuNotifiers.Primary.Tests.Core;

namespace MmuNotifiers.Primary.Tests.Snapshots;

/// <summary>An address space to be saved, a pool to load it into, and a folder.</summary>
public abstract class SnapshotTest : IDisposable
{
    protected const ulong First = 0x10000;

    private readonly Scratch _scratch = new();
    private readonly List<IDisposable> _held = [];

    protected SnapshotTest()
    {
        Memory = new PhysicalMemory(4096, FreedFrames.Poisoned);
        Space = new AddressSpace(Memory, new AddressSpaceOptions { HeapStart = Spaces.At(0x1000) });
    }

    protected PhysicalMemory Memory { get; }

    protected AddressSpace Space { get; }

    protected string File => _scratch["space.snapshot"];

    protected string[] Files => _scratch.Files;

    private protected Scratch Folder => _scratch;

    public void Dispose()
    {
        _held.Reverse();
        _held.ForEach(static held => held.Dispose());
        Space.AssertInvariants();
        Space.Dispose();
        Assert.Equal(1, Memory.FramesInUse);
        Memory.Dispose();
        _scratch.Dispose();
        GC.SuppressFinalize(this);
    }

    protected static VirtualAddress At(ulong page) => Spaces.At(First + page);

    protected static ulong Bytes(ulong pages) => pages << Page.Shift;

    protected void Map(ulong page, ulong pages, AccessRights rights = AccessRights.ReadWrite, MapFlags more = MapFlags.None) =>
        Assert.Equal(Errno.None, Space.Map(new MapRequest(
            Bytes(pages), rights, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed | more) { Address = At(page) }).Error);

    protected void MapObject(ulong page, ulong pages, ObjectHandle handle, MapFlags sharing, ulong offset = 0) =>
        Assert.Equal(Errno.None, Space.Map(new MapRequest(Bytes(pages), AccessRights.ReadWrite, sharing | MapFlags.Fixed)
        {
            Address = At(page),
            Object = handle,
            OffsetBytes = Bytes(offset),
        }).Error);

    protected void Store(ulong page, byte value) => Space.Store(First + page, value);

    protected static byte Load(AddressSpace space, ulong page) => space.Load(First + page);

    protected T Hold<T>(T held)
        where T : IDisposable
    {
        _held.Add(held);
        return held;
    }

    protected SnapshotSummary Save(SnapshotSaveOptions? options = null) => Save(Space, File, options);

    protected static SnapshotSummary Save(AddressSpace space, string file, SnapshotSaveOptions? options = null) =>
        Snapshot.SaveAsync(space, file, options, cancellationToken: TestContext.Current.CancellationToken).GetAwaiter().GetResult();

    protected static SnapshotSummary Write(AddressSpace space, Stream stream) =>
        Snapshot.WriteAsync(space, stream, cancellationToken: TestContext.Current.CancellationToken).GetAwaiter().GetResult();

    protected Snapshot Open() => Hold(Snapshot.Open(File));

    /// <summary>Loads the file into a pool of its own.</summary>
    protected AddressSpace LoadAnew(SnapshotLoadOptions? options = null, PhysicalMemory? memory = null)
    {
        memory ??= Hold(new PhysicalMemory(4096, FreedFrames.Poisoned));
        AddressSpace loaded = Hold(Open().Load(memory, options));
        loaded.AssertInvariants();
        return loaded;
    }

    /// <summary>Saves, loads, and looks whether the layouts are the same.</summary>
    protected AddressSpace SaveAndLoad(SnapshotSaveOptions? save = null, SnapshotLoadOptions? load = null)
    {
        Save(save);
        AddressSpace loaded = LoadAnew(load);
        Assert.Equal(Space.Layout().Select(Describe), loaded.Layout().Select(Describe));
        return loaded;
    }

    private protected static string Describe(AreaInfo area) => $"{area} {area.Kind}";
}
