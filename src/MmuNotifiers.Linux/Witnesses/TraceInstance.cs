using System.Globalization;

namespace MmuNotifiers.Linux.Witnesses;

/// <summary>
/// An instance of tracefs of one's own: a buffer and switches that nobody else's tracing sees or disturbs. It is a folder of the kernel's,
/// <c>mmun-PID-N</c>; it goes with <see cref="Dispose"/>, and where its process died before, with the next one that is made.
/// </summary>
internal sealed class TraceInstance : IDisposable
{
    private const string Instances = "/sys/kernel/tracing/instances";
    private const string Prefix = "mmun-";

    /// <summary>O_WRONLY | O_TRUNC: what empties a trace. Truncating it once it is open does not.</summary>
    private const int WriteTruncated = 1 | 0x200;

    private static int _last;

    private TraceInstance(string path) => Folder = path;

    /// <summary>Its folder.</summary>
    internal string Folder { get; }

    /// <summary>Makes one, and removes what dead processes left.</summary>
    /// <exception cref="PlatformNotSupportedException">The host lacks what <see cref="HostCapabilities.NotifierTrace"/> says.</exception>
    internal static TraceInstance Create()
    {
        if (HostCapabilities.NotifierTrace.Reason is { } reason)
        {
            throw new PlatformNotSupportedException(reason);
        }

        RemoveStale(Instances, processId => Directory.Exists($"/proc/{processId}"));
        string name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref _last)}");
        return new TraceInstance(Directory.CreateDirectory(Path.Combine(Instances, name)).FullName);
    }

    /// <summary>Removes the folders of processes that are no more.</summary>
    /// <returns>How many.</returns>
    internal static int RemoveStale(string folder, Func<int, bool> isAlive)
    {
        int removed = 0;
        foreach (string path in Directory.GetDirectories(folder, $"{Prefix}*"))
        {
            string owner = Path.GetFileName(path)[Prefix.Length..].Split('-')[0];
            if (int.TryParse(owner, NumberStyles.None, CultureInfo.InvariantCulture, out int processId) && !isAlive(processId) && TryRemove(path))
            {
                removed++;
            }
        }

        return removed;
    }

    /// <summary>Writes to one of its files.</summary>
    internal void Write(string file, string text) => File.WriteAllText(Path.Combine(Folder, file), text);

    /// <summary>Reads one of its files.</summary>
    internal string Read(string file) => File.ReadAllText(Path.Combine(Folder, file));

    /// <summary>Forgets what was recorded.</summary>
    internal void Clear() => FileDescriptor.Open(Path.Combine(Folder, "trace"), WriteTruncated).Dispose();

    /// <inheritdoc/>
    public void Dispose() => _ = TryRemove(Folder);

    /// <summary>Another process may have removed it, or have a file of it open.</summary>
    private static bool TryRemove(string path)
    {
        try
        {
            Directory.Delete(path);
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
