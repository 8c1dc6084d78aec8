using System.Diagnostics;
using System.Text.Json;
using MmuNotifiers.Cli.Infrastructure;

namespace MmuNotifiers.Cli.Tests.Commands;

/// <summary>A process that has used the library cannot be put under the race checker, so what explores runs in one of its own.</summary>
public sealed class CheckCommandTests
{
    [Fact]
    public void The_list_names_every_scenario_with_what_it_breaks()
    {
        MmunRun run = MmunRun.Of("check", "--list", "--json");
        Assert.Equal(ExitCode.Fine, run.Code);
        using JsonDocument answer = JsonDocument.Parse(run.Output);
        JsonElement[] scenarios = [.. answer.RootElement.GetProperty("scenarios").EnumerateArray()];
        Assert.True(scenarios.Length > 50);
        JsonElement first = scenarios[0];
        Assert.Equal("B1", first.GetProperty("name").GetString());
        Assert.Equal("Bug", first.GetProperty("kind").GetString());
        Assert.Equal(2008, first.GetProperty("year").GetInt32());
        Assert.Equal("I1, I2", first.GetProperty("expected").GetString());
        Assert.All(["title", "what", "interleaving", "seam"], member => Assert.NotEmpty(first.GetProperty(member).GetString()!));
    }

    [Fact]
    public void The_list_of_one_bug_is_a_table_of_its_scenarios()
    {
        MmunRun run = MmunRun.Of("check", "B7", "--list");
        Assert.Equal(ExitCode.Fine, run.Code);
        Assert.Contains("B7-count-only", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("B8", run.Output, StringComparison.Ordinal);
        Assert.All(run.Output.Split('\n'), line => Assert.True(line.TrimEnd().Length <= 80, line));
    }

    [Fact]
    public void An_unknown_name_is_one_line_that_says_what_there_is() =>
        MmunRun.Of("check", "B7", "B99").RefusedWith(ExitCode.WrongUse, "B99: there is no such scenario; there are B1, B2, B3");

    [Theory]
    [InlineData("--seconds", "0")]
    [InlineData("--jobs", "0")]
    public void A_number_out_of_range_is_one_line(string option, string value) =>
        MmunRun.Of("check", "B1", option, value).RefusedWith(ExitCode.WrongUse, $"{option} {value}: expected");

    [Fact]
    public void A_page_in_a_directory_that_is_not_there_is_refused_before_anything_runs() =>
        MmunRun.Of("check", "B1", "--html", "/no/such/place/page.html").RefusedWith(ExitCode.CannotWrite, "does not exist");

    [Fact]
    public void A_bug_that_is_found_and_a_twin_that_passes_end_with_0_and_their_figures()
    {
        MmunRun run = InOwnProcess("check", "B1", "--json");
        Assert.Equal((ExitCode.Fine, ""), (run.Code, run.Error));
        using JsonDocument answer = JsonDocument.Parse(run.Output);
        Assert.Equal(1, answer.RootElement.GetProperty("found").GetInt32());
        Assert.Equal(0, answer.RootElement.GetProperty("missed").GetInt32());
        Assert.Equal(0, answer.RootElement.GetProperty("twinsFailed").GetInt32());
        Assert.True(answer.RootElement.GetProperty("executionsPerSecond").GetDouble() > 0);
        JsonElement scenario = Assert.Single(answer.RootElement.GetProperty("scenarios").EnumerateArray());
        Assert.Equal("B1", scenario.GetProperty("name").GetString());
        Assert.True(scenario.GetProperty("found").GetBoolean());
        Assert.Contains(scenario.GetProperty("invariant").GetString()!.Split(", "), broken => broken is "I1" or "I2");
        Assert.True(scenario.GetProperty("executions").GetInt64() > 0);
        Assert.True(scenario.GetProperty("twin").GetProperty("exhausted").GetBoolean());
    }

    [Fact]
    public void A_named_bug_is_drawn_on_the_terminal_and_into_a_page()
    {
        using Scratch scratch = new();
        string page = scratch["bug.html"];
        MmunRun run = InOwnProcess("check", "B7-count-only", "--html", page);
        Assert.Equal((ExitCode.Fine, ""), (run.Code, run.Error));
        Assert.Contains("1 found, 0 missed; 1 correct twins pass", run.Output, StringComparison.Ordinal);
        Assert.Contains("device", run.Output, StringComparison.Ordinal);
        string html = File.ReadAllText(page);
        Assert.Contains("<h2 id=\"B7-count-only\">", html, StringComparison.Ordinal);
        Assert.Contains("<svg", html, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", html.Replace("http://www.w3.org/", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void A_search_that_has_no_time_misses_the_bug_and_ends_with_1()
    {
        MmunRun run = InOwnProcess("check", "B8", "--seconds", "0.001", "--json");
        Assert.Equal(ExitCode.Violation, run.Code);
        using JsonDocument answer = JsonDocument.Parse(run.Output);
        Assert.Equal(1, answer.RootElement.GetProperty("missed").GetInt32());
        Assert.Equal(1, answer.RootElement.GetProperty("twinsFailed").GetInt32());
    }

    private static MmunRun InOwnProcess(params string[] args)
    {
        string command = typeof(CommandLine).Assembly.Location;
        ProcessStartInfo start = new(Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? Environment.ProcessPath : "dotnet", [command, .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new MmunRun((ExitCode)process.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
