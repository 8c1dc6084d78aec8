using System.Text.Json;
using MmuNotifiers.Cli.Infrastructure;

namespace MmuNotifiers.Cli.Tests.Commands;

public sealed class ReplayMemoryTests
{
    [Theory]
    [InlineData("memory")]
    [InlineData("memory:64MiB")]
    [InlineData("lz4+memory")]
    public void A_limit_on_frames_is_reported_with_the_peak_and_the_store(string swap)
    {
        MmunRun run = MmunRun.Of("replay", Recordings.Smallest, "--frames", "200%", "--swap", swap, "--json");
        Assert.Equal(ExitCode.Fine, run.Code);
        using JsonDocument document = JsonDocument.Parse(run.Output);
        JsonElement root = document.RootElement;
        Assert.Equal(0, root.GetProperty("evictions").GetInt64());
        Assert.Equal(0, root.GetProperty("swapIns").GetInt64());
        Assert.Equal(0, root.GetProperty("refaults").GetInt64());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("endedEarly").ValueKind);
        JsonElement pressure = root.GetProperty("pressure");
        Assert.Equal(pressure.GetProperty("peakPages").GetInt64() * 2, pressure.GetProperty("framePages").GetInt64());
        Assert.Equal(swap.Split(':')[0], pressure.GetProperty("store").GetString());
        Assert.True(pressure.GetProperty("pagesReadBack").GetInt64() > 0);
        Assert.Equal(0, pressure.GetProperty("pagesNotReadBack").GetInt64());
        foreach (JsonElement process in root.GetProperty("processes").EnumerateArray())
        {
            Assert.True(process.GetProperty("memory").GetProperty("residentPages").GetInt64() > 0);
        }
    }

    [Fact]
    public void A_limit_that_nothing_can_be_replayed_with_ends_with_code_2_and_says_where()
    {
        MmunRun run = MmunRun.Of("replay", Recordings.Smallest, "--frames", "1", "--json");
        Assert.Equal(ExitCode.Inconclusive, run.Code);
        Assert.Empty(run.Error);
        using JsonDocument document = JsonDocument.Parse(run.Output);
        JsonElement end = document.RootElement.GetProperty("endedEarly");
        Assert.True(end.GetProperty("event").GetInt64() < end.GetProperty("events").GetInt64());
        Assert.Contains("no frame of 1 could be had", end.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal("file", document.RootElement.GetProperty("pressure").GetProperty("store").GetString());
        Assert.Empty(Directory.EnumerateFiles(Path.GetTempPath(), $"mmun-{Environment.ProcessId}-*.swap"));
    }

    [Fact]
    public void The_tables_of_a_limited_replay_fit_80_columns()
    {
        MmunRun run = MmunRun.Of("replay", Recordings.Smallest, "--frames", "100%");
        Assert.Contains("100.0 % of the peak", run.Output, StringComparison.Ordinal);
        Assert.All(run.Output.Split('\n'), line => Assert.True(line.Length <= 80, $"Wider than 80 columns: {line}"));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("many")]
    [InlineData("0%")]
    [InlineData("x%")]
    [InlineData("99999999999")]
    public void A_number_of_frames_that_makes_no_sense_is_refused_with_64(string frames) =>
        MmunRun.Of("replay", Recordings.Smallest, $"--frames={frames}").RefusedWith(ExitCode.WrongUse, "expected a number of pages");

    [Theory]
    [InlineData("tape", "'tape' is unknown, expected memory[:SIZE] or file:PATH")]
    [InlineData("memory?colour=red", "unknown option 'colour'")]
    [InlineData("memory:little", "a size of a page")]
    [InlineData("redis:", "redis:host:port")]
    public void A_store_that_makes_no_sense_is_refused_with_64(string swap, string part) =>
        MmunRun.Of("replay", Recordings.Smallest, "--frames", "50%", "--swap", swap).RefusedWith(ExitCode.WrongUse, part);

    [Fact]
    public void A_store_without_a_limit_is_refused_with_64() =>
        MmunRun.Of("replay", Recordings.Smallest, "--swap", "memory").RefusedWith(ExitCode.WrongUse, "--frames");

    [Fact]
    public void A_store_that_cannot_be_opened_is_refused_with_73()
    {
        using Scratch scratch = new();
        string path = scratch["missing"] + "/swap";
        MmunRun.Of("replay", Recordings.Smallest, "--frames", "50%", "--swap", $"file:{path}").RefusedWith(ExitCode.CannotWrite, path);
    }

    [Fact]
    public void A_server_that_does_not_answer_is_refused_with_73() =>
        MmunRun.Of("replay", Recordings.Smallest, "--frames", "50%", "--swap", "redis:127.0.0.1:1").RefusedWith(ExitCode.CannotWrite, "127.0.0.1:1");
}
