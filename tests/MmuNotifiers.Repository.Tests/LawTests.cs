using System.Text.RegularExpressions;

namespace MmuNotifiers.Repository.Tests;

public sealed class LawTests
{
    private const int MostLines = 450;

    [Fact]
    public void No_source_file_is_longer_than_450_lines() =>
        Assert.Empty(Repository.Files("*.cs").Where(file => File.ReadLines(file).Count() > MostLines).Select(Repository.Name));

    [Theory]
    [InlineData("MmuNotifiers.Primary", "MmuNotifiers.Secondary")]
    [InlineData("MmuNotifiers.Secondary", "MmuNotifiers.Primary")]
    [InlineData("MmuNotifiers.Lab", "MmuNotifiers.Linux")]
    [InlineData("MmuNotifiers.Replacement", "MmuNotifiers.Primary")]
    [InlineData("MmuNotifiers", "MmuNotifiers.Primary")]
    public async Task The_build_refuses_a_reference_against_the_arrows(string project, string forbidden)
    {
        (int exitCode, string output) = await CheckLaw(project, $"""<ProjectReference Include="{forbidden}.csproj" />""");
        Assert.NotEqual(0, exitCode);
        Assert.Contains($"{project} must not reference {forbidden}", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_build_accepts_a_reference_along_the_arrows()
    {
        (int exitCode, string output) = await CheckLaw("MmuNotifiers.Primary", """<ProjectReference Include="MmuNotifiers.csproj" />""");
        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public async Task The_build_refuses_a_package_in_the_core()
    {
        (int exitCode, string output) = await CheckLaw("MmuNotifiers", """<PackageReference Include="Some.Package" Version="1.0.0" />""");
        Assert.NotEqual(0, exitCode);
        Assert.Contains("The core has no packages, but MmuNotifiers references Some.Package", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MmuNotifiers")]
    [InlineData("MmuNotifiers.Replacement")]
    [InlineData("MmuNotifiers.Primary")]
    [InlineData("MmuNotifiers.Secondary")]
    public void What_a_race_checker_checks_synchronizes_through_the_wrapper_alone(string project)
    {
        // The analyzer that reads the same list does not look at the keywords.
        string[] types = [.. File.ReadLines(Path.Combine(Repository.Root, "build", "BannedSymbols.txt"))
            .Where(line => line.StartsWith("T:", StringComparison.Ordinal))
            .Select(line => line[..line.IndexOf(';', StringComparison.Ordinal)].Split('.')[^1])];
        Regex raw = new($@"(?<![\w.])(?:(?:{string.Join('|', types)})\b\.\w|new (?:{string.Join('|', types)})\b|lock \(|volatile )");
        string folder = Path.Combine(Repository.Root, "src", project);
        Assert.Contains("Interlocked", types);
        Assert.Matches(raw, "lock (_gate)");
        Assert.Matches(raw, "Volatile.Read(in _count)");
        Assert.Empty(
            from file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            where !file.Contains("/Synchronization/", StringComparison.Ordinal)
            from line in File.ReadLines(file)
            where !line.TrimStart().StartsWith("//", StringComparison.Ordinal) && raw.IsMatch(line)
            select $"{file}: {line}");
    }

    /// <summary>Runs the law's own target over a project of a name with one reference.</summary>
    private static async Task<(int ExitCode, string Output)> CheckLaw(string project, string reference)
    {
        string folder = Directory.CreateTempSubdirectory("mmun-law-").FullName;
        try
        {
            string targets = Path.Combine(Repository.Root, "build", "ReferenceLaw.targets");
            string file = Path.Combine(folder, $"{project}.csproj");
            await File.WriteAllTextAsync(
                file,
                $"""<Project><ItemGroup>{reference}</ItemGroup><Import Project="{targets}" /></Project>""",
                TestContext.Current.CancellationToken);
            return await Repository.Dotnet(folder, "msbuild", file, "-t:CheckReferenceLaw", "-nologo", "-v:q");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
