namespace MmuNotifiers.Linux.Tests.Paging;

/// <summary>
/// What of this process can only be a window's: told by its kind, not by its number or address, since the runtime opens, closes and maps as it
/// likes, also where a window was a moment ago.
/// </summary>
internal static class Belongings
{
    private const string Name = "mmu-notifiers";

    /// <summary>Mappings that a child does not inherit, or whose faults are reported: all windows, and what pages are moved to.</summary>
    internal static IReadOnlyList<string> Mappings()
    {
        List<string> found = [];
        string head = string.Empty;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (!words[0].EndsWith(':'))
            {
                head = line;
            }
            else if (words[0] == "VmFlags:" && (head.Contains(Name, StringComparison.Ordinal) || words.Intersect(["dc", "um", "uw"]).Any()))
            {
                found.Add($"{head} {line}");
            }
        }

        return found;
    }

    /// <summary>Descriptors of a kind that windows open and nothing else here does.</summary>
    internal static IReadOnlyList<string> Descriptors() =>
    [
        .. new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos()
            .Select(static descriptor => Target(descriptor))
            .Where(static target => target.Contains("[userfaultfd]", StringComparison.Ordinal)
                || target.Contains("[eventfd]", StringComparison.Ordinal)
                || target.EndsWith("/pagemap", StringComparison.Ordinal)
                || target.Contains(Name, StringComparison.Ordinal)),
    ];

    /// <summary>What a descriptor stands for; empty where it was closed meanwhile.</summary>
    private static string Target(FileSystemInfo descriptor)
    {
        try
        {
            return descriptor.LinkTarget ?? string.Empty;
        }
        catch (IOException)
        {
            return string.Empty;
        }
    }
}
