using System.Diagnostics;
using System.Reflection;

namespace MmuNotifiers.Repository.Tests;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    internal static string Root { get; } = typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    /// <summary>The files that belong to the project: neither built, nor restored, nor git's.</summary>
    internal static IEnumerable<string> Files(string pattern) =>
        Directory.EnumerateFiles(Root, pattern, SearchOption.AllDirectories).Where(file => !IsMade(Path.GetRelativePath(Root, file)));

    internal static string Name(string file) => Path.GetRelativePath(Root, file);

    /// <summary>Runs a command of the SDK in a folder.</summary>
    internal static async Task<(int ExitCode, string Output)> Dotnet(string folder, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    private static bool IsMade(string name) =>
        name.Split(Path.DirectorySeparatorChar).Any(part => part is "artifacts" or "bin" or "obj" or ".git" or "node_modules" or "BenchmarkDotNet.Artifacts");
}
