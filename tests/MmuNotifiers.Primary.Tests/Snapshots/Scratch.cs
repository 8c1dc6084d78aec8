namespace MmuNotifiers.Primary.Tests.Snapshots;

/// <summary>A folder of a test's own, gone with it.</summary>
internal sealed class Scratch : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mmu-snapshot-");

    internal string this[string name] => Path.Combine(_folder.FullName, name);

    internal string[] Files => [.. _folder.GetFiles().Select(static file => file.Name).Order(StringComparer.Ordinal)];

    public void Dispose() => _folder.Delete(recursive: true);
}
