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
