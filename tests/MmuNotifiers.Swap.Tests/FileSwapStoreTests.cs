namespace MmuNotifiers.Swap.Tests;

public sealed class FileSwapStoreTests : IDisposable
{
    private const int Slots = 1024;
    private readonly TemporaryFile _file = new();
    private ScriptedPageFile? _script;

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task Neighbouring_slots_are_one_call()
    {
        await using FileSwapStore store = OpenScripted();
        long[] slots = [10, 11, 12, 13, 40, 41, 39, 500];
        await store.Write(slots, slot => TestPages.Of(slot, 0));
        await store.AssertHolds(slots, slot => TestPages.Of(slot, 0));
        Assert.Equal([4, 2, 1, 1], _script!.Writes);
        Assert.Equal([4, 2, 1, 1], _script.Reads);
        await store.Write(Enumerable.Range(0, 130).Select(slot => (long)slot), slot => TestPages.Of(slot, 1));
        Assert.Equal([64, 64, 2], _script.Writes[4..]);
    }

    [Fact]
    public async Task A_page_that_cannot_be_written_fails_alone()
    {
        await using FileSwapStore store = OpenScripted();
        long[] slots = [0, 1, 2, 3, 4, 5];
        _script!.OnWrite = slot => slot switch { 1 => PageFileError.Failed, 4 => PageFileError.NoSpace, _ => PageFileError.None };
        SwapTransfer[] written = await store.Write(slots, slot => TestPages.Of(slot, 0));
        Assert.Equal(
            [SwapOutcome.Success, SwapOutcome.IoError, SwapOutcome.Success, SwapOutcome.Success, SwapOutcome.NoSpace, SwapOutcome.Success],
            written.Select(transfer => transfer.Outcome));
        Assert.Equal($"{_file.Path} at offset 0x2000: write failed: as the test says", written[1].Detail);
        await store.AssertHolds([0, 2, 3, 5], slot => TestPages.Of(slot, 0));
        Assert.All(await store.Read([1, 4]), transfer => Assert.Equal(SwapOutcome.Lost, transfer.Outcome));
    }

    [Fact]
    public async Task A_page_that_cannot_be_read_fails_alone_and_may_be_read_later()
    {
        await using FileSwapStore store = OpenScripted();
        long[] slots = [0, 1, 2, 3];
        await store.Write(slots, slot => TestPages.Of(slot, 0));
        _script!.OnRead = slot => slot == 2 ? PageFileError.Failed : PageFileError.None;
        SwapTransfer[] read = await store.Read(slots);
        Assert.Equal([SwapOutcome.Success, SwapOutcome.Success, SwapOutcome.IoError, SwapOutcome.Success], read.Select(transfer => transfer.Outcome));
        Assert.Equal($"{_file.Path} at offset 0x3000: read failed: as the test says", read[2].Detail);
        _script.OnRead = static _ => PageFileError.None;
        await store.AssertHolds(slots, slot => TestPages.Of(slot, 0));
    }

    [Fact]
    public async Task A_byte_that_changed_behind_its_back_is_corrupt()
    {
        await using FileSwapStore store = Open();
        await store.Write([0, 1, 2], slot => TestPages.Of(slot, 0));
        await Overwrite((2 * Page.SizeBytes) + 100, [(byte)~TestPages.Of(1, 0)[100]]);
        SwapTransfer[] read = await store.Read([0, 1, 2]);
        Assert.Equal([SwapOutcome.Success, SwapOutcome.Corrupt, SwapOutcome.Success], read.Select(transfer => transfer.Outcome));
        Assert.StartsWith($"{_file.Path} at offset 0x2000: ", read[1].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_whole_page_of_another_slot_is_corrupt()
    {
        await using FileSwapStore store = Open();
        await store.Write([0, 1], slot => TestPages.Of(slot, 0));
        await Overwrite(2 * Page.SizeBytes, TestPages.Of(0, 0));
        Assert.Equal(SwapOutcome.Corrupt, (await store.Read(1)).Outcome);
    }

    [Fact]
    public async Task Pages_behind_the_end_of_a_truncated_file_are_lost()
    {
        await using FileSwapStore store = Open();
        await store.Write([0, 1, 2, 3], slot => TestPages.Of(slot, 0));
        await InShell($"truncate -s {(3 * Page.SizeBytes) + 7} {_file.Path}");
        SwapTransfer[] read = await store.Read([0, 1, 2, 3]);
        Assert.Equal([SwapOutcome.Success, SwapOutcome.Success, SwapOutcome.Lost, SwapOutcome.Lost], read.Select(transfer => transfer.Outcome));
        await store.Write([2, 3], slot => TestPages.Of(slot, 1));
        await store.AssertHolds([2, 3], slot => TestPages.Of(slot, 1));
    }

    [Fact]
    public async Task The_portable_file_does_the_same()
    {
        FileSwapStoreOptions options = new() { Path = _file.Path, SizeBytes = Slots << Page.Shift };
        await using FileSwapStore store = new(options, static (options, _) => new PortablePageFile(
            File.OpenHandle(options.Path, FileMode.CreateNew, FileAccess.ReadWrite)));
        long[] slots = [0, 1, 2, 9];
        await store.Write(slots, slot => TestPages.Of(slot, 0));
        await store.AssertHolds(slots, slot => TestPages.Of(slot, 0));
        await InShell($"truncate -s {2 * Page.SizeBytes} {_file.Path}");
        Assert.Equal([SwapOutcome.Success, SwapOutcome.Lost], (await store.Read([0, 1])).Select(transfer => transfer.Outcome));
    }

    [Fact]
    public async Task Blocks_go_back_to_the_file_system_when_the_last_slot_of_a_group_is_discarded()
    {
        FileSwapStore store = OpenScripted();
        await store.Write(Enumerable.Range(0, 600).Select(slot => (long)slot), slot => TestPages.Random(slot));
        store.Discard([.. Enumerable.Range(0, 500).Select(slot => (long)slot)]);
        await store.AssertHolds(Enumerable.Range(500, 100).Select(slot => (long)slot), slot => TestPages.Random(slot));
        while (_script!.Holes.Count == 0)
        {
            await Task.Yield();
        }

        // What is written to a group after its blocks went back is there.
        await store.Write([3], slot => TestPages.Of(slot, 1));
        await store.AssertHolds([3], slot => TestPages.Of(slot, 1));
        await store.DisposeAsync();
        Assert.Equal([(0, 256)], _script.Holes);
    }

    [Fact]
    public async Task A_group_that_is_in_use_again_keeps_its_blocks()
    {
        await using FileSwapStore store = OpenScripted();
        for (int version = 0; version < 200; version++)
        {
            await store.Write([0, 300], slot => TestPages.Of(slot, version));
            await store.AssertHolds([0, 300], slot => TestPages.Of(slot, version));
            store.Discard([0, 300]);
        }
    }

    [Fact]
    public async Task A_store_of_its_own_file_is_deleted_when_it_is_disposed_unless_it_is_kept()
    {
        await Open().DisposeAsync();
        Assert.False(File.Exists(_file.Path));
        await new FileSwapStore(new FileSwapStoreOptions { Path = _file.Path, SizeBytes = 1 << 20, KeepsFile = true }).DisposeAsync();
        Assert.True(File.Exists(_file.Path));
        await using FileSwapStore again = Open();
        Assert.Equal(SwapOutcome.Lost, (await again.Read(0)).Outcome);
    }

    [Fact]
    public async Task A_file_with_any_other_content_is_refused_and_left_alone()
    {
        await File.WriteAllTextAsync(_file.Path, "a letter", TestContext.Current.CancellationToken);
        IOException problem = Assert.Throws<IOException>(() => Open());
        Assert.Contains(_file.Path, problem.Message, StringComparison.Ordinal);
        Assert.Equal("a letter", await File.ReadAllTextAsync(_file.Path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_file_that_another_store_uses_is_refused()
    {
        await using FileSwapStore store = Open();
        Assert.Throws<IOException>(() => Open());
        await store.Write(0, TestPages.Of(0, 0));
        await store.AssertHolds([0], slot => TestPages.Of(slot, 0));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_refused() =>
        Assert.ThrowsAny<IOException>(() => new FileSwapStore(new FileSwapStoreOptions { Path = _file.Path + "/none/swap" }));

    [Fact]
    public async Task A_preallocated_file_has_its_blocks_from_the_beginning()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Blocks are counted by Linux' stat.");
        await using FileSwapStore store = new(new FileSwapStoreOptions { Path = _file.Path, SizeBytes = 4 << 20, IsPreallocated = true });
        Assert.True(long.Parse(await InShell($"stat -c %b {_file.Path}"), System.Globalization.CultureInfo.InvariantCulture) * 512 >= 4 << 20);
    }

    [Fact]
    public async Task A_preallocated_file_for_direct_access_was_written_once()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/sbin/filefrag"), "It takes filefrag to see which blocks were written.");
        FileSwapStoreOptions options = new() { Path = _file.Path, SizeBytes = 4 << 20, IsPreallocated = true };
        Assert.SkipUnless(await HasUnwrittenBlocks(options), "The file system does not tell blocks that are only set aside from others.");
        FileSwapStoreOptions direct = options with { IsDirect = true };
        Assert.SkipUnless(IsPossible(direct), "The file system has no direct access.");
        Assert.False(await HasUnwrittenBlocks(direct));
    }

    [Fact]
    public async Task A_cancelled_wait_leaves_pages_unavailable()
    {
        await using FileSwapStore store = Open();
        SwapTransfer[] transfers = [new(0, TestPages.Of(0, 0))];
        await store.WriteAsync(transfers, new CancellationToken(canceled: true));
        Assert.Equal(SwapOutcome.Unavailable, transfers[0].Outcome);
    }

    [Fact]
    public async Task A_single_read_and_a_batch_allocate_nothing()
    {
        await using FileSwapStore store = Open();
        SwapTransfer[] transfers = [.. Enumerable.Range(0, 32).Select(slot => new SwapTransfer(slot, TestPages.Of(slot, 0)))];
        await store.WriteAsync(transfers, TestContext.Current.CancellationToken);
        Transfer();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Transfer();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Transfer()
        {
            StoreExtensions.AssertIsDone(store.WriteAsync(transfers));
            StoreExtensions.AssertIsDone(store.ReadAsync(transfers));
            StoreExtensions.AssertIsDone(store.ReadAsync(transfers.AsMemory(3, 1)));
        }
    }

    private static async Task<bool> HasUnwrittenBlocks(FileSwapStoreOptions options)
    {
        await using FileSwapStore store = new(options);
        return (await InShell($"/usr/sbin/filefrag -s -v {options.Path}")).Contains("unwritten", StringComparison.Ordinal);
    }

    private static bool IsPossible(FileSwapStoreOptions direct)
    {
        try
        {
            PageFiles.Open(direct with { IsPreallocated = false }, 1).Dispose();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
        finally
        {
            File.Delete(direct.Path);
        }
    }

    private static async Task<string> InShell(string command)
    {
        using System.Diagnostics.Process process = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("sh", ["-c", command]) { RedirectStandardOutput = true })!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        return output.Trim();
    }

    private FileSwapStore Open() => new(new FileSwapStoreOptions { Path = _file.Path, SizeBytes = Slots << Page.Shift });

    private FileSwapStore OpenScripted() => new(
        new FileSwapStoreOptions { Path = _file.Path, SizeBytes = Slots << Page.Shift },
        (options, slotCount) => _script = new ScriptedPageFile(PageFiles.Open(options, slotCount)));

    /// <summary>Changes the file as somebody else who pays no heed to its lock.</summary>
    private async Task Overwrite(long offset, byte[] bytes)
    {
        string source = _file.Path + ".bytes";
        await File.WriteAllBytesAsync(source, bytes, TestContext.Current.CancellationToken);
        await InShell($"dd if={source} of={_file.Path} bs=1 seek={offset} conv=notrunc status=none");
    }
}
