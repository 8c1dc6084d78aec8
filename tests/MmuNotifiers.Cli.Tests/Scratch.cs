namespace MmuNotifiers.Cli.Tests;

/// <summary>A directory that is gone after the test.</summary>
internal sealed class Scratch : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("mmun-test-");

    public string this[string name] => Path.Combine(_directory.FullName, name);

    public IEnumerable<string> Files => _directory.EnumerateFiles().Select(file => file.Name);

    /// <summary>Makes a file of the smallest recording's bytes, changed.</summary>
    public string Changed(string name, Func<byte[], byte[]> change)
    {
        File.WriteAllBytes(this[name], change(File.ReadAllBytes(Recordings.Smallest)));
        return this[name];
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
