using System.Text.Json;
using MmuNotifiers.Cli.Infrastructure;

namespace MmuNotifiers.Cli.Tests;

public sealed class ReplayCommandTests
{
    [Fact]
    public void A_replay_ends_with_its_tables_and_exit_code_0()
    {
        MmunRun run = MmunRun.Of("replay", Recordings.Smallest);
        Assert.Equal(ExitCode.Fine, run.Code);
        Assert.Empty(run.Error);
        Assert.Contains("KVM shadow MMU", run.Output, StringComparison.Ordinal);
        string unwrapped = string.Join(' ', run.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("no access was stale and every word was right", unwrapped, StringComparison.Ordinal);
        Assert.All(run.Output.Split('\n'), line => Assert.True(line.Length <= 80, $"Wider than 80 columns: {line}"));
        Assert.DoesNotContain('\u001b', run.Output);
    }

    [Theory]
    [InlineData("tlb,shadow", 2)]
    [InlineData("shadow", 1)]
    [InlineData("nic,registration,tlb,shadow", 4)]
    [InlineData("none", 0)]
    public void The_answer_as_json_has_the_documented_members(string secondaries, int count)
    {
        MmunRun run = MmunRun.Of("replay", Recordings.Smallest, "--json", "--secondary", secondaries);
        Assert.Equal(ExitCode.Fine, run.Code);
        using JsonDocument document = JsonDocument.Parse(run.Output);
        JsonElement root = document.RootElement;
        Assert.NotEmpty(root.GetProperty("program").GetString()!);
        Assert.True(root.GetProperty("operations").GetInt64() > 0);
        Assert.True(root.GetProperty("faults").GetInt64() > 0);
        Assert.InRange(root.GetProperty("faultMatchPercent").GetDouble(), 99, 100);
        Assert.Equal(0, root.GetProperty("staleAccesses").GetInt64());
        Assert.Equal(0, root.GetProperty("contentMismatches").GetInt64());
        Assert.True(root.GetProperty("cost").GetProperty("nsPerOperation").GetDouble() > 0);
        Assert.True(root.GetProperty("processes").GetArrayLength() > 0);
        Assert.Equal(count, root.GetProperty("secondaries").GetArrayLength());
        foreach (JsonElement secondary in root.GetProperty("secondaries").EnumerateArray())
        {
            Assert.NotEmpty(secondary.GetProperty("name").GetString()!);
            Assert.Contains(secondary.GetProperty("attachment").GetString(), (string[])["address space", "interval"]);
            Assert.True(secondary.GetProperty("callbacks").GetInt64() > 0);
            Assert.True(secondary.GetProperty("uselessCallbacks").GetInt64() >= 0);
            Assert.True(secondary.GetProperty("deviceFaults").GetInt64() > 0);
            Assert.True(secondary.GetProperty("retries").GetInt64() >= 0);
            Assert.Equal(0, secondary.GetProperty("staleAccesses").GetInt64());
        }
    }

    [Fact]
    public void Devices_on_threads_of_their_own_find_nothing_stale()
    {
        MmunRun run = MmunRun.Of("replay", Recordings.Smallest, "--threads", "--json");
        Assert.Equal(ExitCode.Fine, run.Code);
        using JsonDocument document = JsonDocument.Parse(run.Output);
        Assert.True(document.RootElement.GetProperty("settings").GetProperty("threads").GetBoolean());
    }

    [Fact]
    public void The_cost_with_nothing_attached_is_measured_on_request()
    {
        MmunRun run = MmunRun.Of("replay", Recordings.Smallest, "--compare-cost", "--json");
        using JsonDocument document = JsonDocument.Parse(run.Output);
        Assert.True(document.RootElement.GetProperty("cost").GetProperty("bareNsPerOperation").GetDouble() > 0);
    }

    [Theory]
    [InlineData("--secondary", "gpu", "expected shadow, nic, registration, tlb or none")]
    [InlineData("--secondary", "tlb,tlb", "each secondary once")]
    [InlineData("--device-rate", "-1", "expected a number from 0 to 1000")]
    [InlineData("--device-rate", "NaN", "expected a number from 0 to 1000")]
    [InlineData("--device-rate", "much", "much")]
    [InlineData("--seed", "-5", "-5")]
    public void A_wrong_option_is_refused_with_64(string option, string value, string part) =>
        MmunRun.Of("replay", Recordings.Smallest, option, value).RefusedWith(ExitCode.WrongUse, part);
}
