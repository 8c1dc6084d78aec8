using MmuNotifiers.Primary.Tests.Core;

namespace MmuNotifiers.Primary.Tests.Snapshots;

/// <summary>What is not saved, and what is not loaded.</summary>
public sealed class RefusalTests : SnapshotTest
{
    private static readonly SnapshotSaveOptions Named = new() { NameFile = static _ => "lib.so" };

    [Fact]
    public void Frames_of_nobody_are_not_saved()
    {
        FrameNumber[] lent = new FrameNumber[1];
        Map(0, 1);
        Map(4, 1);
        Assert.Equal(FaultResult.Success, Space.Pin(AddressRange.OfPage(At(0)), AccessRights.Write, lent));
        Space.RemapFrames(At(4), lent);
        Assert.Contains("frames that belong to nobody", Refused(), StringComparison.Ordinal);
        Space.Unpin(lent);
    }

    [Fact]
    public void A_reaped_address_space_is_not_saved()
    {
        Map(0, 1);
        Store(0, 1);
        Space.TryReap();
        Assert.Contains("reaped", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Shared_memory_is_not_saved_where_it_is_refused()
    {
        using SharedMemoryObject shared = new(Memory, Bytes(1));
        MapObject(0, 1, new ObjectHandle(shared, AccessRights.ReadWrite), MapFlags.Shared);
        Assert.Contains("shared memory", Refused(new SnapshotSaveOptions { SharedMemory = SnapshotSharedMemory.Refuse }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_a_name_is_not_saved()
    {
        using FileObject file = new(Memory, new ByteFileContent(new byte[Page.SizeBytes]));
        MapObject(0, 1, new ObjectHandle(file, AccessRights.ReadWrite), MapFlags.Private);
        Assert.Contains("gives no name", Refused(), StringComparison.Ordinal);
        Assert.Contains("gives no name", Refused(new SnapshotSaveOptions { NameFile = static _ => null }), StringComparison.Ordinal);
        Assert.Contains("has 0 bytes", Refused(new SnapshotSaveOptions { NameFile = static _ => string.Empty }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_opened_is_not_loaded()
    {
        using FileObject file = new(Memory, new ByteFileContent(new byte[Page.SizeBytes]));
        MapObject(0, 1, new ObjectHandle(file, AccessRights.ReadWrite), MapFlags.Private);
        Save(Named);
        using PhysicalMemory other = new(16);
        Snapshot snapshot = Open();
        Assert.Equal([new SnapshotFile("lib.so", Page.SizeBytes)], snapshot.Files);
        Assert.Contains("\"lib.so\"", Assert.Throws<SnapshotException>(() => snapshot.Load(other)).Message, StringComparison.Ordinal);
        SnapshotLoadOptions wrong = new() { OpenFile = _ => file };
        Assert.Contains("another pool", Assert.Throws<SnapshotException>(() => snapshot.Load(other, wrong)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_into_bounds_or_limits_is_not_loaded()
    {
        Map(0, 4);
        Map(8, 4);
        Space.Lock(At(8), Bytes(4));
        Save();
        using PhysicalMemory memory = new(16);
        Snapshot snapshot = Open();
        Assert.Contains("bounds", Refused(new AddressSpaceOptions { Bounds = Spaces.Pages(1, First) }), StringComparison.Ordinal);
        Assert.Contains("areas", Refused(new AddressSpaceOptions { MaxAreas = 0 }), StringComparison.Ordinal);
        Assert.Contains("mapped bytes", Refused(new AddressSpaceOptions { MaxAddressSpaceBytes = Bytes(7) }), StringComparison.Ordinal);
        Assert.Contains("locked bytes", Refused(new AddressSpaceOptions { MaxLockedBytes = Bytes(3) }), StringComparison.Ordinal);
        Assert.Equal(1, memory.FramesInUse);

        string Refused(AddressSpaceOptions options) =>
            Assert.Throws<SnapshotException>(() => snapshot.Load(memory, new SnapshotLoadOptions { AddressSpace = options })).Message;
    }

    [Fact]
    public async Task A_save_that_is_cancelled_leaves_what_was_there_and_nothing_else()
    {
        Map(0, 600);
        Store(0, 1);
        Save();
        for (ulong page = 0; page < 600; page++)
        {
            Store(page, 2);
        }

        using CancellationTokenSource cancel = new();
        Task<SnapshotSummary> save = Snapshot.SaveAsync(Space, File, progress: new Canceller(cancel), cancellationToken: cancel.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => save);

        Assert.Equal(["space.snapshot"], Files);
        Assert.Equal(1, Load(LoadAnew(), 0));
        Assert.Equal(601, Memory.FramesInUse);
    }

    [Fact]
    public void A_save_that_cannot_be_written_leaves_the_original_alone()
    {
        Map(0, 4);
        Store(0, 1);
        Assert.ThrowsAny<IOException>(() => Save(
            Space, Path.Combine(Folder["missing"], "space.snapshot")));
        Assert.ThrowsAny<IOException>(() => Write(
            Space, new FailingStream()));
        Store(0, 2);
        Assert.Equal(2, Memory.FramesInUse);
    }

    private string Refused(SnapshotSaveOptions? options = null)
    {
        long before = Memory.FramesInUse;
        string message = Assert.Throws<SnapshotException>(() => Save(options)).Message;
        Assert.Empty(Files);
        Assert.Equal(before, Memory.FramesInUse);
        return message;
    }

    private sealed class Canceller(CancellationTokenSource cancel) : IProgress<SnapshotProgress>
    {
        public void Report(SnapshotProgress value) => cancel.Cancel();
    }

    /// <summary>A disk that is full after the first page.</summary>
    private sealed class FailingStream : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            Length > 0 ? ValueTask.FromException(new IOException("No space left on device")) : base.WriteAsync(buffer, cancellationToken);
    }
}
