using System.Text.Json;
using MmuNotifiers.Cli.Infrastructure;
using MmuNotifiers.Linux;

namespace MmuNotifiers.Cli.Tests;

public sealed class CommandLineTests
{
    private const string StraceText = """
        100 1700000000.000100 execve("/bin/true", ["true"], 0x7ffd0000) = 0
        100 1700000000.000200 brk(NULL) = 0x555555560000
        100 1700000000.000300 mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7ffff7fb0000
        100 1700000000.000400 munmap(0x7ffff7fb0000, 8192) = 0
        100 1700000000.000500 exit_group(0) = ?
        100 1700000000.000600 +++ exited with 0 +++

        """;

    [Fact]
    public void The_version_is_shown()
    {
        MmunRun run = MmunRun.Of("--version");
        Assert.Equal(ExitCode.Fine, run.Code);
        Assert.Matches(@"^\d+\.\d+\.\d+", run.Output);
    }

    [Theory]
    [InlineData("replay")]
    [InlineData("compare")]
    [InlineData("record")]
    [InlineData("import")]
    [InlineData("export")]
    [InlineData("info")]
    [InlineData("doctor")]
    [InlineData("fuzz")]
    public void Each_verb_explains_itself_and_answers_in_json(string verb)
    {
        MmunRun run = MmunRun.Of(verb, "--help");
        Assert.Equal(ExitCode.Fine, run.Code);
        Assert.Contains("--json", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("reply")]
    [InlineData("info")]
    [InlineData("import", "x")]
    [InlineData("record", "-o", "x")]
    [InlineData("info", "x", "--colour")]
    [InlineData("replay", "--frob")]
    [InlineData("info", "-x")]
    public void Wrong_use_is_one_line_and_64(params string[] args) => MmunRun.Of(args).RefusedWith(ExitCode.WrongUse, "mmun --help");

    [Fact]
    public void Info_tells_where_a_trace_comes_from()
    {
        MmunRun run = MmunRun.Of("info", Recordings.Smallest, "--json");
        Assert.Equal(ExitCode.Fine, run.Code);
        using JsonDocument document = JsonDocument.Parse(run.Output);
        Assert.Equal("Perf", document.RootElement.GetProperty("header").GetProperty("origin").GetString());
        Assert.True(document.RootElement.GetProperty("footer").GetProperty("pageFaults").GetInt64() > 0);
        Assert.Contains("page faults", MmunRun.Of("info", Recordings.Smallest).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_export_is_one_object_a_line_on_standard_output_and_in_a_file()
    {
        using Scratch scratch = new();
        MmunRun run = MmunRun.Of("export", Recordings.Smallest);
        Assert.Equal(ExitCode.Fine, run.Code);
        string[] lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("header", Kind(lines[0]));
        Assert.Equal("footer", Kind(lines[^1]));
        Assert.Equal(ExitCode.Fine, MmunRun.Of("export", Recordings.Smallest, "-o", scratch["out.jsonl"]).Code);
        Assert.Equal(run.Output, File.ReadAllText(scratch["out.jsonl"]));
    }

    [Fact]
    public void Strace_text_is_imported_and_replayed()
    {
        using Scratch scratch = new();
        File.WriteAllText(scratch["strace.txt"], StraceText);
        MmunRun import = MmunRun.Of("import", scratch["strace.txt"], "-o", scratch["out.mmtrace"], "--json");
        Assert.Equal(ExitCode.Fine, import.Code);
        using JsonDocument answer = JsonDocument.Parse(import.Output);
        Assert.Equal("StraceText", answer.RootElement.GetProperty("header").GetProperty("origin").GetString());
        MmunRun replay = MmunRun.Of("replay", scratch["out.mmtrace"], "--json");
        using JsonDocument report = JsonDocument.Parse(replay.Output);
        Assert.Equal(ExitCode.Fine, replay.Code);
        Assert.Equal(0, report.RootElement.GetProperty("staleAccesses").GetInt64());
        Assert.Equal(0, report.RootElement.GetProperty("systemCallMismatches").GetInt64());
        Assert.True(report.RootElement.GetProperty("operations").GetInt64() >= 5);
    }

    [Fact]
    public void The_doctor_gives_a_reason_for_all_that_is_missing()
    {
        MmunRun run = MmunRun.Of("doctor", "--json");
        Assert.Equal(ExitCode.Fine, run.Code);
        using JsonDocument document = JsonDocument.Parse(run.Output);
        JsonElement[] groups = [.. document.RootElement.GetProperty("groups").EnumerateArray()];
        Assert.Contains(groups, group => group.GetProperty("name").GetString() == "record");
        Assert.All(groups.SelectMany(group => group.GetProperty("checks").EnumerateArray().Append(group)), item => Assert.True(
            item.GetProperty("available").GetBoolean()
            || (item.TryGetProperty("reason", out JsonElement reason) ? reason : item.GetProperty("detail")).GetString()!.Length > 0));
    }

    [Theory]
    [InlineData("record")]
    [InlineData("paged-memory")]
    [InlineData("uffd-move")]
    [InlineData("replay")]
    public void The_doctor_answers_for_one_thing_with_its_exit_code(string name)
    {
        using JsonDocument document = JsonDocument.Parse(MmunRun.Of("doctor", "--json").Output);
        bool isAvailable = document.RootElement.GetProperty("groups").EnumerateArray()
            .SelectMany(group => group.GetProperty("checks").EnumerateArray().Prepend(group))
            .First(item => item.GetProperty("name").GetString() == name).GetProperty("available").GetBoolean();
        Assert.Equal(isAvailable ? ExitCode.Fine : ExitCode.HostLacks, MmunRun.Of("doctor", "--require", name).Code);
    }

    [Fact]
    public void A_thing_that_the_doctor_does_not_know_is_wrong_use() =>
        MmunRun.Of("doctor", "--require", "rcord").RefusedWith(ExitCode.WrongUse, "paged-memory");

    [Fact]
    public void The_doctor_shows_every_group_within_80_columns()
    {
        string[] lines = MmunRun.Of("doctor").Output.Split('\n');
        Assert.All(HostCapabilities.Groups, group => Assert.Contains(lines, line => line.StartsWith(group.Verdict.Name, StringComparison.Ordinal)));
        Assert.All(lines.Skip(1), line => Assert.InRange(line.Length, 0, 80));
    }

    private static string Kind(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        return document.RootElement.GetProperty("kind").GetString()!;
    }
}
