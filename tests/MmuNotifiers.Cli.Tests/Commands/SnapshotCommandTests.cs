using System.Text.Json;
using MmuNotifiers.Cli.Infrastructure;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Cli.Tests.Commands;

public sealed class SnapshotCommandTests : IDisposable
{
    private const int PageBytes = 4096;

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_sound_snapshot_is_shown_with_its_areas()
    {
        string file = await Save();
        MmunRun run = MmunRun.Of("snapshot", "info", file);
        Assert.Equal(ExitCode.Fine, run.Code);
        Assert.Contains("2 areas of 6 pages, 2 of them stored", run.Output, StringComparison.Ordinal);
        Assert.Matches("10000000-10004000 +rw-p +4 +2", run.Output);
        Assert.Contains("every one of 2 pages has the right checksum", run.Output, StringComparison.Ordinal);
        Assert.Empty(run.Error);
    }

    [Fact]
    public async Task The_answer_is_there_as_json()
    {
        string file = await Save();
        MmunRun run = MmunRun.Of("snapshot", "info", file, "--json");
        using JsonDocument answer = JsonDocument.Parse(run.Output);
        Assert.Equal(2, answer.RootElement.GetProperty("storedPages").GetInt64());
        JsonElement area = answer.RootElement.GetProperty("areas")[1];
        Assert.Equal("r--p", area.GetProperty("rights").GetString());
        Assert.Equal(2ul, area.GetProperty("pages").GetUInt64());
        Assert.Equal(0, answer.RootElement.GetProperty("problems").GetArrayLength());
        Assert.Equal(new FileInfo(file).Length, answer.RootElement.GetProperty("lengthBytes").GetInt64());
    }

    [Fact]
    public async Task A_corrupt_page_is_named_with_its_offset()
    {
        string file = await Save();
        byte[] bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[(2 * PageBytes) + 5] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        MmunRun run = MmunRun.Of("snapshot", "info", file);
        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains($"{file}: at byte {2 * PageBytes}: expected a page with the checksum", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sound_snapshot_is_verified_in_one_line()
    {
        string file = await Save();
        MmunRun run = MmunRun.Of("snapshot", "verify", file);
        Assert.Equal(ExitCode.Fine, run.Code);
        Assert.Equal("every one of 2 pages has the right checksum\n", run.Output.ReplaceLineEndings("\n"));
        using JsonDocument answer = JsonDocument.Parse(MmunRun.Of("snapshot", "verify", file, "--json").Output);
        Assert.Equal(2, answer.RootElement.GetProperty("storedPages").GetInt64());
        Assert.Equal(0, answer.RootElement.GetProperty("problems").GetArrayLength());
    }

    [Fact]
    public async Task Every_corrupt_page_is_verified_to_be_one()
    {
        string file = await Save();
        byte[] bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[PageBytes] ^= 1;
        bytes[2 * PageBytes] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        MmunRun run = MmunRun.Of("snapshot", "verify", file);
        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains("2 of 2 pages are corrupt:", run.Output, StringComparison.Ordinal);
        Assert.Contains($"{file}: at byte {PageBytes}: expected a page", run.Output, StringComparison.Ordinal);
        Assert.Contains($"{file}: at byte {2 * PageBytes}: expected a page", run.Output, StringComparison.Ordinal);
        MmunRun.Of("snapshot", "verify", Recordings.Smallest).RefusedWith(ExitCode.BadInput, "another kind of file");
    }

    [Fact]
    public async Task What_is_no_whole_snapshot_is_refused_in_one_line()
    {
        string file = await Save();
        byte[] bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(file, bytes.AsMemory(0, bytes.Length - 1), TestContext.Current.CancellationToken);
        MmunRun.Of("snapshot", "info", file).RefusedWith(ExitCode.BadInput, $"{file}: at byte {bytes.Length - 1}: expected the footer");
        MmunRun.Of("snapshot", "info", Recordings.Smallest).RefusedWith(ExitCode.BadInput, "another kind of file");
        MmunRun.Of("snapshot", "info", _scratch["none"]).RefusedWith(ExitCode.BadInput, "no such file");
    }

    private async Task<string> Save()
    {
        VirtualAddress start = new(0x1000_0000);
        using PhysicalMemory memory = new(64);
        using AddressSpace space = new(memory);
        Map(space, start, 4, AccessRights.ReadWrite);
        Map(space, start + (8 * PageBytes), 2, AccessRights.Read);
        space.Write(start, [1]);
        space.Write(start + PageBytes, [2]);
        await Snapshot.SaveAsync(space, _scratch["space.snapshot"], cancellationToken: TestContext.Current.CancellationToken);
        return _scratch["space.snapshot"];
    }

    private static void Map(AddressSpace space, VirtualAddress at, ulong pages, AccessRights rights) =>
        Assert.True(space.Map(new MapRequest(pages * PageBytes, rights, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed) { Address = at }).Succeeded);
}
