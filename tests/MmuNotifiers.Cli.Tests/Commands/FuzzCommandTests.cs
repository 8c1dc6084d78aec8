using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using MmuNotifiers.Cli.Infrastructure;
using MmuNotifiers.Linux;

namespace MmuNotifiers.Cli.Tests.Commands;

public sealed class FuzzCommandTests
{
    [Fact]
    public void A_run_without_a_mismatch_ends_with_0_and_its_figures()
    {
        RequireOracle();
        MmunRun run = MmunRun.Of("fuzz", "--operations", "300", "--seed", "40", "--json");
        Assert.Equal(ExitCode.Fine, run.Code);
        using JsonDocument document = JsonDocument.Parse(run.Output);
        JsonElement answer = document.RootElement;
        Assert.Equal(40, answer.GetProperty("seed").GetInt32());
        Assert.InRange(answer.GetProperty("operations").GetInt64(), 300, 500);
        Assert.True(answer.GetProperty("comparisons").GetInt64() > answer.GetProperty("operations").GetInt64());
        Assert.True(answer.GetProperty("operationsPerSecond").GetDouble() > 0);
        Assert.Empty(answer.GetProperty("mismatches").EnumerateArray());
        Assert.Equal(HostCapabilities.KernelOracleGuest.Reason is null, answer.GetProperty("guestReason").ValueKind == JsonValueKind.Null);
    }

    [Fact]
    public void The_answer_as_text_is_one_line()
    {
        RequireOracle();
        MmunRun run = MmunRun.Of("fuzz", "--operations", "50", "--no-guest");
        Assert.Equal(ExitCode.Fine, run.Code);
        Assert.Equal(1, run.Output.Count(letter => letter == '\n'));
        Assert.Contains("0 mismatches", run.Output, StringComparison.Ordinal);
        Assert.Contains("no guest", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--seconds", "0")]
    [InlineData("--seconds", "-1")]
    [InlineData("--operations", "0")]
    public void Wrong_numbers_end_with_64(string option, string value)
    {
        RequireOracle();
        MmunRun.Of("fuzz", option, value).RefusedWith(ExitCode.WrongUse, option);
    }

    [Fact]
    public void A_host_without_a_compiler_ends_with_3_and_the_reason_in_one_line()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the reason is another one where there is no Linux");
        string runtime = RuntimeEnvironment.GetRuntimeDirectory();
        string dotnet = Path.GetFullPath(Path.Combine(runtime, "..", "..", "..", "dotnet"));
        ProcessStartInfo start = new(dotnet, [Path.Combine(AppContext.BaseDirectory, "mmun.dll"), "fuzz"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = AppContext.BaseDirectory;
        using Process process = Process.Start(start)!;
        string error = process.StandardError.ReadToEnd();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal((int)ExitCode.HostLacks, process.ExitCode);
        Assert.Empty(output);
        Assert.StartsWith("mmun: ", error, StringComparison.Ordinal);
        Assert.Equal(1, error.Count(letter => letter == '\n'));
    }

    private static void RequireOracle()
    {
        string? reason = HostCapabilities.KernelOracle.Reason;
        Assert.SkipUnless(reason is null, reason ?? string.Empty);
        Assert.SkipUnless(Environment.OSVersion.Version >= new Version(6, 18), "older kernels than 6.18 behave otherwise");
    }
}
