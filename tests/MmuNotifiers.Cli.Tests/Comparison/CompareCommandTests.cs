using System.Text.Json;
using MmuNotifiers.Cli.Infrastructure;

namespace MmuNotifiers.Cli.Tests.Comparison;

public sealed class CompareCommandTests
{
    [Fact]
    public void A_comparison_ends_with_a_table_of_every_attachment_and_exit_code_0()
    {
        MmunRun run = MmunRun.Of("compare", Recordings.Smallest, "--rounds", "1");
        Assert.Equal(ExitCode.Fine, run.Code);
        Assert.Empty(run.Error);
        Assert.Contains("KVM shadow MMU", run.Output, StringComparison.Ordinal);
        Assert.Contains("software TLB", run.Output, StringComparison.Ordinal);
        Assert.All(run.Output.Split('\n'), line => Assert.True(line.TrimEnd().Length <= 80, $"Wider than 80 columns: {line}"));
        Assert.DoesNotContain('\u001b', run.Output);
    }

    [Fact]
    public void The_answer_as_json_has_one_row_for_each_trace_attachment_and_secondary()
    {
        using JsonDocument answer = Json("compare", Recordings.Smallest, "--rounds", "1", "--json");
        JsonElement root = answer.RootElement;
        string[] attachments = Names(root.GetProperty("settings"), "attachments");
        string[] secondaries = Names(root.GetProperty("settings"), "secondaries");
        JsonElement[] rows = [.. root.GetProperty("rows").EnumerateArray()];
        Assert.Equal(attachments.Length * secondaries.Length, rows.Length + root.GetProperty("leftOut").GetArrayLength());
        Assert.Equal(rows.Length, rows.DistinctBy(row => (row.GetProperty("attachment").GetString(), row.GetProperty("secondary").GetString())).Count());
        foreach (JsonElement row in rows)
        {
            Assert.Equal(Path.GetFileNameWithoutExtension(Recordings.Smallest), row.GetProperty("trace").GetString());
            Assert.True(row.GetProperty("callbacks").GetInt64() > 0);
            Assert.True(row.GetProperty("pagesNamed").GetInt64() > 0);
            Assert.True(row.GetProperty("deviceFaults").GetInt64() > 0);
            Assert.True(row.GetProperty("nsPerOperation").GetDouble() > 0);
            Assert.True(row.GetProperty("nsPerOperationWithoutNotifiers").GetDouble() > 0);
            Assert.True(row.GetProperty("historical").GetBoolean() || row.GetProperty("staleAccesses").GetInt64() == 0);
        }

        Assert.Equal("Fine", root.GetProperty("verdict").GetString());
    }

    [Fact]
    public void A_choice_of_attachments_and_secondaries_leaves_the_others_out()
    {
        using JsonDocument answer = Json(
            "compare", Recordings.Smallest, "--rounds", "1", "--json", "--attachment", "mm", "--secondary", "tlb", "--seed", "7", "--device-rate", "0.5");
        JsonElement row = Assert.Single(answer.RootElement.GetProperty("rows").EnumerateArray());
        Assert.Equal("mm", row.GetProperty("attachment").GetString());
        Assert.Equal("software TLB", row.GetProperty("secondary").GetString());
        Assert.Equal(7UL, answer.RootElement.GetProperty("settings").GetProperty("seed").GetUInt64());
    }

    [Fact]
    public void Recordings_of_one_name_are_told_apart_by_their_paths()
    {
        using Scratch scratch = new();
        string copy = scratch[Path.GetFileName(Recordings.Smallest)];
        File.Copy(Recordings.Smallest, copy);
        using JsonDocument answer = Json("compare", Recordings.Smallest, copy, "--rounds", "1", "--json", "-a", "mm", "-s", "tlb");
        Assert.Equal(
            [Recordings.Smallest, copy], answer.RootElement.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("trace").GetString()));
    }

    [Theory]
    [InlineData("--attachment", "moon", "--attachment moon: expected all, or some of mm")]
    [InlineData("--attachment", "mm,mm", "each name once")]
    [InlineData("--secondary", "gpu", "--secondary gpu: expected all, or some of")]
    [InlineData("--device-rate", "-1", "expected a number from 0 to 1000")]
    [InlineData("--rounds", "0", "expected a number from 1 to 99")]
    [InlineData("--rounds", "many", "many")]
    [InlineData("--seed", "-5", "-5")]
    public void A_wrong_option_is_refused_with_64(string option, string value, string part) =>
        MmunRun.Of("compare", Recordings.Smallest, option, value).RefusedWith(ExitCode.WrongUse, part);

    [Fact]
    public void A_missing_trace_is_refused_with_65() =>
        MmunRun.Of("compare", Recordings.Smallest, "nowhere.mmtrace").RefusedWith(ExitCode.BadInput, "nowhere.mmtrace: no such file");

    [Fact]
    public void A_trace_named_twice_is_refused_with_64() =>
        MmunRun.Of("compare", Recordings.Smallest, Recordings.Smallest).RefusedWith(ExitCode.WrongUse, "each trace once");

    [Fact]
    public void A_page_that_cannot_be_written_is_refused_with_73_before_any_work() =>
        MmunRun.Of("compare", Recordings.Smallest, "--html", "/nowhere/page.html").RefusedWith(ExitCode.CannotWrite, "/nowhere/page.html");

    [Fact]
    public void Without_a_trace_the_command_makes_no_sense() =>
        MmunRun.Of("compare").RefusedWith(ExitCode.WrongUse, "compare");

    private static JsonDocument Json(params string[] args)
    {
        MmunRun run = MmunRun.Of(args);
        Assert.Equal(ExitCode.Fine, run.Code);
        return JsonDocument.Parse(run.Output);
    }

    private static string[] Names(JsonElement settings, string member) =>
        [.. settings.GetProperty(member).EnumerateArray().Select(name => name.GetString()!)];
}
