using System.Buffers.Binary;
using MmuNotifiers.Primary.Tests.Core;
using MmuNotifiers.Primary.Tests.Swap;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Snapshots;

/// <summary>Saving while the original runs on, and loading where frames are short.</summary>
public sealed class LiveSaveTests
{
    private const ulong First = 0x10000;

    /// <summary>Two areas, so that the moment has to be one for both.</summary>
    private const ulong AreaPages = 1024;

    /// <remarks>
    /// Each writer goes through all pages again and again and stores the number of its round to its word. In a snapshot of one moment its words fall by one at
    /// most, once.
    /// </remarks>
    [Fact]
    public async Task A_snapshot_shows_exactly_the_moment_though_writers_go_on()
    {
        using Scratch scratch = new();
        using PhysicalMemory memory = new(1 << 14, FreedFrames.Poisoned);
        using AddressSpace space = new(memory);
        space.MapPrivate(First, AreaPages);
        space.MapPrivate(First + AreaPages + 1, AreaPages);
        using CancellationTokenSource stop = new();
        Task[] writers = [.. Enumerable.Range(0, 2).Select(writer => Task.Run(() => StoreRounds(space, writer, stop.Token), TestContext.Current.CancellationToken))];
        try
        {
            for (int save = 0; save < 6; save++)
            {
                string file = scratch[$"{save}.snapshot"];
                long[] before = [Word(space, 0, 0), Word(space, 0, 1)];
                Task<SnapshotSummary> saving = Snapshot.SaveAsync(space, file, cancellationToken: TestContext.Current.CancellationToken);
                long[] after = [Word(space, 0, 0), Word(space, 0, 1)];
                await saving;
                Judge(file, before, after);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(writers);
        }

        space.AssertInvariants();
    }

    [Fact]
    public async Task A_page_that_was_saved_is_not_copied_any_more_when_it_is_stored_to()
    {
        using PhysicalMemory memory = new(1 << 13, FreedFrames.Poisoned);
        using AddressSpace space = new(memory);
        space.MapPrivate(First, AreaPages);
        for (ulong page = 0; page < AreaPages; page++)
        {
            space.Store(First + page, 1);
        }

        using HeldStream stream = new();
        Task<SnapshotSummary> saving = Snapshot.WriteAsync(space, stream, cancellationToken: TestContext.Current.CancellationToken);
        stream.AwaitWrite();

        // The first pages are on their way and still held; the last ones were not looked at yet.
        Assert.Equal(FaultKind.CopyOnWrite, space.Access(At(First + AreaPages - 1), AccessRights.Write).Kind);
        stream.GoOn();
        Assert.Equal((long)AreaPages, (await saving).StoredPages);
        Assert.Equal(FaultKind.Reuse, space.Access(At(First + 1), AccessRights.Write).Kind);
    }

    [Fact]
    public async Task A_loaded_address_space_runs_under_a_tiny_pool_and_clean_pages_are_not_written_again()
    {
        using Scratch scratch = new();
        await SaveNumbered(scratch["space"], AreaPages);
        await using TestSwapStore store = new(1 << 12);
        using PhysicalMemory memory = new(96, FreedFrames.Poisoned, new ReclaimOptions { Swap = store, LowWatermarkPages = 0 });
        using Snapshot snapshot = Snapshot.Open(scratch["space"]);
        using AddressSpace loaded = snapshot.Load(memory);
        for (int round = 0; round < 3; round++)
        {
            for (ulong page = 0; page < AreaPages; page++)
            {
                Assert.Equal((byte)(page * 7), loaded.Load(First + page));
            }
        }

        Assert.Empty(store.Writes);
        for (ulong page = 0; page < AreaPages; page += 3)
        {
            loaded.Store(First + page, (byte)(page + 1));
        }

        for (ulong page = 0; page < AreaPages; page++)
        {
            Assert.Equal((byte)(page % 3 == 0 ? page + 1 : page * 7), loaded.Load(First + page));
        }

        Assert.InRange(store.Writes.Sum(static write => write.Length), 1, ((int)AreaPages / 3) + 1);
        loaded.AssertInvariants();
    }

    [Fact]
    public async Task An_address_space_of_which_most_is_evicted_is_saved_as_it_is()
    {
        using Scratch scratch = new();
        await using TestSwapStore store = new(1 << 12);
        using PhysicalMemory memory = new(128, FreedFrames.Poisoned, new ReclaimOptions { Swap = store });
        using AddressSpace space = new(memory);
        space.MapPrivate(First, AreaPages);
        for (ulong page = 0; page < AreaPages; page++)
        {
            space.Store(First + page, (byte)(page * 3));
        }

        Assert.InRange(space.GetStatistics().SwappedPages, (long)AreaPages / 2, (long)AreaPages);
        await Snapshot.SaveAsync(space, scratch["space"], cancellationToken: TestContext.Current.CancellationToken);

        using PhysicalMemory other = new(2 * (long)AreaPages, FreedFrames.Poisoned);
        using Snapshot snapshot = Snapshot.Open(scratch["space"]);
        using AddressSpace loaded = snapshot.Load(other);
        for (ulong page = 0; page < AreaPages; page++)
        {
            Assert.Equal((byte)(page * 3), loaded.Load(First + page));
        }

        space.AssertInvariants();
    }

    private static async Task SaveNumbered(string file, ulong pages)
    {
        using PhysicalMemory memory = new(2 * (long)pages, FreedFrames.Poisoned);
        using AddressSpace space = new(memory);
        space.MapPrivate(First, pages);
        for (ulong page = 0; page < pages; page++)
        {
            space.Store(First + page, (byte)(page * 7));
        }

        await Snapshot.SaveAsync(space, file, cancellationToken: TestContext.Current.CancellationToken);
    }

    private static void StoreRounds(AddressSpace space, int writer, CancellationToken stop)
    {
        byte[] word = new byte[sizeof(long)];
        for (long round = 1; !stop.IsCancellationRequested; round++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(word, round);
            for (ulong number = 0; number < 2 * AreaPages; number++)
            {
                Assert.True(space.Write(AddressOf(number, writer), word).Succeeded);
            }
        }
    }

    private static void Judge(string file, long[] before, long[] after)
    {
        using PhysicalMemory memory = new(1 << 12, FreedFrames.Poisoned);
        using Snapshot snapshot = Snapshot.Open(file);
        using AddressSpace loaded = snapshot.Load(memory);
        for (int writer = 0; writer < 2; writer++)
        {
            long first = Word(loaded, 0, writer);
            Assert.InRange(first, before[writer], after[writer]);
            long last = first;
            for (ulong number = 1; number < 2 * AreaPages; number++)
            {
                long word = Word(loaded, number, writer);
                Assert.True(word <= last && first - word <= 1, $"page {number} has round {word} after {last}, the first has {first}");
                last = word;
            }
        }
    }

    private static long Word(AddressSpace space, ulong number, int writer)
    {
        byte[] word = new byte[sizeof(long)];
        Assert.True(space.Read(AddressOf(number, writer), word).Succeeded);
        return BinaryPrimitives.ReadInt64LittleEndian(word);
    }

    private static VirtualAddress AddressOf(ulong number, int writer) =>
        At(First + number + (number / AreaPages)) + ((ulong)writer * sizeof(long));
}
