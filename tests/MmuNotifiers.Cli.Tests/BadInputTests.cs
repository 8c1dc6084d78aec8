using MmuNotifiers.Cli.Infrastructure;

namespace MmuNotifiers.Cli.Tests;

public sealed class BadInputTests
{
    private const int VersionOffset = 8;

    public static TheoryData<string> ReadingVerbs => ["replay", "info", "export"];

    [Theory]
    [MemberData(nameof(ReadingVerbs))]
    public void A_trace_that_was_cut_off_is_refused(string verb)
    {
        using Scratch scratch = new();
        string path = scratch.Changed("cut.mmtrace", bytes => bytes[..(bytes.Length / 2)]);
        MmunRun run = MmunRun.Of(verb, path);
        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains("cut.mmtrace: offset 0x", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, run.Error.Count(c => c == '\n'));
    }

    [Theory]
    [MemberData(nameof(ReadingVerbs))]
    public void A_trace_with_a_changed_byte_is_refused(string verb)
    {
        using Scratch scratch = new();
        string path = scratch.Changed("harmed.mmtrace", bytes =>
        {
            bytes[bytes.Length / 2] ^= 0x40;
            return bytes;
        });
        Assert.Equal(ExitCode.BadInput, MmunRun.Of(verb, path).Code);
    }

    [Theory]
    [MemberData(nameof(ReadingVerbs))]
    public void A_trace_of_another_version_is_refused(string verb)
    {
        using Scratch scratch = new();
        string path = scratch.Changed("later.mmtrace", bytes =>
        {
            bytes[VersionOffset] = 0x63;
            return bytes;
        });
        MmunRun.Of(verb, path).RefusedWith(ExitCode.BadInput, "version");
    }

    [Theory]
    [MemberData(nameof(ReadingVerbs))]
    public void Foreign_text_is_refused(string verb)
    {
        using Scratch scratch = new();
        File.WriteAllText(scratch["notes.txt"], "Not a trace at all.\n");
        MmunRun.Of(verb, scratch["notes.txt"]).RefusedWith(ExitCode.BadInput, "MMUTRACE");
    }

    [Theory]
    [MemberData(nameof(ReadingVerbs))]
    public void An_empty_file_is_refused(string verb)
    {
        using Scratch scratch = new();
        File.WriteAllBytes(scratch["empty"], []);
        MmunRun.Of(verb, scratch["empty"]).RefusedWith(ExitCode.BadInput, "empty");
    }

    [Theory]
    [MemberData(nameof(ReadingVerbs))]
    public void A_file_that_is_not_there_and_a_directory_are_refused(string verb)
    {
        using Scratch scratch = new();
        MmunRun.Of(verb, scratch["nothing"]).RefusedWith(ExitCode.BadInput, "no such file");
        MmunRun.Of(verb, Path.GetDirectoryName(scratch["x"])!).RefusedWith(ExitCode.BadInput, "this is a directory");
    }

    [Fact]
    public void A_text_that_is_neither_perf_nor_strace_leaves_no_output_behind()
    {
        using Scratch scratch = new();
        File.WriteAllText(scratch["notes.txt"], "Not a recording at all.\n");
        MmunRun.Of("import", scratch["notes.txt"], "-o", scratch["out.mmtrace"]).RefusedWith(ExitCode.BadInput, "notes.txt: line 1: expected");
        Assert.Equal(["notes.txt"], scratch.Files);
    }

    [Fact]
    public void An_export_that_fails_leaves_no_output_behind()
    {
        using Scratch scratch = new();
        string path = scratch.Changed("cut.mmtrace", bytes => bytes[..^20]);
        Assert.Equal(ExitCode.BadInput, MmunRun.Of("export", path, "-o", scratch["out.jsonl"]).Code);
        Assert.Equal(["cut.mmtrace"], scratch.Files);
    }

    [Fact]
    public void An_output_in_no_directory_is_refused_with_73()
    {
        using Scratch scratch = new();
        MmunRun.Of("export", Recordings.Smallest, "-o", scratch["no/such/out"]).RefusedWith(ExitCode.CannotWrite, "directory does not exist");
    }
}
