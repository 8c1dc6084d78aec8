using System.Reflection;

namespace MmuNotifiers.Checking.Tests.Mistakes;

/// <summary>Files of the checkout that the tests were built from.</summary>
internal static class RepositoryFiles
{
    private static readonly string Root = typeof(RepositoryFiles).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    internal static string PathOf(string name) => Path.Combine(Root, name);

    internal static string Read(string name) => File.ReadAllText(PathOf(name));
}
