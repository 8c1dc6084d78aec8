using System.Text.Json;
using MmuNotifiers.Cli.Infrastructure;

namespace MmuNotifiers.Cli.Tests.Commands;

/// <summary><c>mmun replay --snapshot</c>.</summary>
public sealed class ReplaySnapshotTests : IDisposable
{
    private readonly Scratch _scratch = new();

    private string File => _scratch["space.snapshot"];

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void What_was_saved_is_shown_compared_and_sound()
    {
        MmunRun run = MmunRun.Of("replay", Recordings.Smallest, "--snapshot", File, "--snapshot-at", "50%");

        Assert.Equal(ExitCode.Fine, run.Code);
        string unwrapped = string.Join(' ', run.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("all are what they were.", unwrapped, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Fine, MmunRun.Of("snapshot", "verify", File).Code);
    }

    [Fact]
    public void The_answer_as_json_has_the_documented_members()
    {
        MmunRun run = MmunRun.Of("replay", Recordings.Smallest, "--snapshot", File, "--json");

        using JsonDocument document = JsonDocument.Parse(run.Output);
        JsonElement snapshot = document.RootElement.GetProperty("snapshot");
        Assert.Equal(File, snapshot.GetProperty("file").GetString());
        Assert.NotEmpty(snapshot.GetProperty("program").GetString()!);
        Assert.Equal(new FileInfo(File).Length, snapshot.GetProperty("lengthBytes").GetInt64());
        Assert.Equal(0, snapshot.GetProperty("differing").GetInt64());
        foreach (string member in (string[])
            ["processId", "afterEvents", "areas", "mappedPages", "storedPages", "stillMilliseconds", "saveMilliseconds", "loadMilliseconds", "compareMilliseconds", "framePages", "pagesRead", "pagesCompared"])
        {
            Assert.True(snapshot.GetProperty(member).GetDouble() > 0, member);
        }

        Assert.Equal(0, snapshot.GetProperty("filePagesLeftOut").GetInt64());
        Assert.Equal(0, snapshot.GetProperty("sharedPagesLeftOut").GetInt64());
    }

    [Theory]
    [InlineData("--snapshot-at", "0%", "expected a number of events, or a part of them")]
    [InlineData("--snapshot-at", "101%", "expected a number of events, or a part of them")]
    [InlineData("--snapshot-at", "soon", "expected a number of events, or a part of them")]
    [InlineData("--snapshot-at", "99999999", "the events of the recording")]
    [InlineData("--snapshot-process", "1", "process 1 has no address space behind event")]
    [InlineData("--snapshot-process", "me", "me")]
    public void A_moment_or_process_that_is_not_there_is_refused_with_64(string option, string value, string part)
    {
        MmunRun.Of("replay", Recordings.Smallest, "--snapshot", File, option, value).RefusedWith(ExitCode.WrongUse, part);
        Assert.False(System.IO.File.Exists(File));
    }

    [Theory]
    [InlineData("--snapshot-at", "10")]
    [InlineData("--snapshot-process", "10")]
    public void Without_a_file_nothing_can_be_said_about_it(string option, string value) =>
        MmunRun.Of("replay", Recordings.Smallest, option, value).RefusedWith(ExitCode.WrongUse, $"{option}: nothing is saved without --snapshot FILE");

    [Fact]
    public void A_file_that_cannot_be_written_is_refused_with_73() =>
        MmunRun.Of("replay", Recordings.Smallest, "--snapshot", Path.Combine(_scratch["missing"], "a.snapshot"))
            .RefusedWith(ExitCode.CannotWrite, "the directory does not exist");
}
