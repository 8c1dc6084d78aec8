namespace MmuNotifiers.Swap.Tests;

/// <summary>A path of its own in the system's folder for such files; what is there in the end is deleted.</summary>
internal sealed class TemporaryFile : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mmun-swap-").FullName;

    /// <summary>The path; there is nothing yet.</summary>
    internal string Path => System.IO.Path.Combine(_folder, "swap");

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
