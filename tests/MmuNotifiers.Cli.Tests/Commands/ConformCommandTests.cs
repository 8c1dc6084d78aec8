using System.Text.Json;
using MmuNotifiers.Cli.Infrastructure;

namespace MmuNotifiers.Cli.Tests.Commands;

public sealed class ConformCommandTests : IDisposable
{
    private const string Right = """{"name":"right","ops":[{"op":"unmap","p":0,"addr":2,"len":0,"expect":{"errno":"EINVAL"}}]}""";
    private const string Wrong = """{"name":"wrong","ops":[{"op":"unmap","p":0,"addr":2,"len":0,"expect":{"ret":0}}]}""";

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Cases_that_pass_end_with_0_and_a_count()
    {
        Assert.Equal((0, $"1 cases passed, 0 failed{Environment.NewLine}", string.Empty), Run(Right));
        Assert.Equal(0, Run(Right, "--secondary").Code);
    }

    [Fact]
    public void A_case_that_fails_is_named_and_ends_with_1()
    {
        (int code, string output, _) = Run($"{Right}\n{Wrong}");
        Assert.Equal(1, code);
        Assert.Contains("wrong: operation 1", output, StringComparison.Ordinal);
        Assert.Contains("1 cases passed, 1 failed", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_answer_as_json_has_counts_and_cases()
    {
        (int code, string output, _) = Run($"{Right}\n{Wrong}", "--json");
        Assert.Equal(1, code);
        using JsonDocument answer = JsonDocument.Parse(output);
        Assert.Equal(1, answer.RootElement.GetProperty("passed").GetInt32());
        Assert.Equal(1, answer.RootElement.GetProperty("failed").GetInt32());
        JsonElement[] cases = [.. answer.RootElement.GetProperty("cases").EnumerateArray()];
        Assert.Equal(["right", "wrong"], cases.Select(item => item.GetProperty("name").GetString()));
        Assert.Equal([true, false], cases.Select(item => item.GetProperty("passed").GetBoolean()));
        Assert.Contains("expected ret 0, got EINVAL", cases[1].GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_bad_line_is_one_line_with_file_and_number()
    {
        (int code, string output, string error) = Run($"{Right}\n{{\"name\":\"x\",\"ops\":[{{\"op\":\"fly\"}}]}}");
        Assert.Equal((int)ExitCode.BadInput, code);
        Assert.Empty(output);
        Assert.Equal($"mmun: {_file}:2: case \"x\", operation 1: unknown operation \"fly\"{Environment.NewLine}", error);
    }

    [Fact]
    public void Wrong_use_ends_with_64() => Assert.Equal(64, Run(Right, "--sideways").Code);

    private (int Code, string Output, string Error) Run(string cases, params string[] options)
    {
        File.WriteAllText(_file, cases);
        using StringWriter output = new();
        using StringWriter error = new();
        using CommandConsole console = CommandConsole.ForWriters(output, error);
        int code = CommandLine.Run(["conform", _file, .. options], console);
        return (code, output.ToString(), error.ToString());
    }
}
