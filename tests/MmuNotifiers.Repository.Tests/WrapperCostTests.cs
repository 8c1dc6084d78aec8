using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace MmuNotifiers.Repository.Tests;

/// <summary>That the wrapper of shared accesses costs nothing: the JIT's own listing of two methods that do the same.</summary>
public sealed class WrapperCostTests
{
    private static readonly Regex Assembly = new("^; Assembly listing for method MmuNotifiers.WrapperCost.(?<name>[^(]+)");

    [Fact]
    public async Task Wrapped_accesses_compile_to_the_code_of_the_accesses_themselves()
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "The listings are compared on x64.");
        Dictionary<string, string[]> code = await Compile(isChecking: false);
        foreach (string method in (string[])["LoadAndStore", "Exchange", "Reference", "Fenced"])
        {
            Assert.Equal(code[$"ByHand:{method}"], code[$"Wrapped:{method}"]);
        }
    }

    [Fact]
    public async Task Under_the_switch_the_code_asks_the_checker()
    {
        // The negative control: the comparison can tell the difference.
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "The listings are compared on x64.");
        Dictionary<string, string[]> code = await Compile(isChecking: true);
        Assert.NotEqual(code["ByHand:LoadAndStore"], code["Wrapped:LoadAndStore"]);
    }

    /// <summary>The code of each method, by its name.</summary>
    private static async Task<Dictionary<string, string[]>> Compile(bool isChecking)
    {
        string folder = Directory.CreateTempSubdirectory("mmun-jit-").FullName;
        try
        {
            string built = Path.Combine(Path.GetDirectoryName(typeof(WrapperCostTests).Assembly.Location)!, "..", "..", "MmuNotifiers.WrapperCost");
            string source = Directory.EnumerateFiles(built, "MmuNotifiers.WrapperCost.dll", SearchOption.AllDirectories).First();
            foreach (string file in Directory.EnumerateFiles(Path.GetDirectoryName(source)!))
            {
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            }

            if (isChecking)
            {
                string config = Path.Combine(folder, "MmuNotifiers.WrapperCost.runtimeconfig.json");
                string text = await File.ReadAllTextAsync(config, TestContext.Current.CancellationToken);
                await File.WriteAllTextAsync(
                    config,
                    text.Replace("\"configProperties\": {", "\"configProperties\": {\n      \"MmuNotifiers.Checking\": true,", StringComparison.Ordinal),
                    TestContext.Current.CancellationToken);
            }

            string listing = Path.Combine(folder, "jit.txt");
            ProcessStartInfo start = new("dotnet", [Path.Combine(folder, "MmuNotifiers.WrapperCost.dll")]) { RedirectStandardOutput = true };
            start.Environment["DOTNET_JitStdOutFile"] = listing;
            start.Environment["DOTNET_JitDisasm"] = "LoadAndStore Exchange Reference Fenced";
            using Process process = Process.Start(start)!;
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, process.ExitCode);
            return Parse(await File.ReadAllLinesAsync(listing, TestContext.Current.CancellationToken));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The instructions of each method, and their size, from its listing.</summary>
    private static Dictionary<string, string[]> Parse(string[] listing)
    {
        Dictionary<string, string[]> code = [];
        string? name = null;
        bool isOptimized = false;
        List<string> instructions = [];
        foreach (string line in listing)
        {
            if (Assembly.Match(line) is { Success: true } match)
            {
                name = match.Groups["name"].Value;
                isOptimized = line.Contains("FullOpts", StringComparison.Ordinal);
                instructions = [];
            }
            else if (line.StartsWith("; Total bytes", StringComparison.Ordinal) && name is not null && isOptimized)
            {
                code[name] = [.. instructions, line];
            }
            else if (line.Length > 0 && line[0] == ' ')
            {
                instructions.Add(line.Trim());
            }
        }

        return code;
    }
}
