using System.Globalization;
using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux.Recording;

/// <summary>The facts of this host that decide which faults a program meets. What cannot be read is null.</summary>
/// <param name="Kernel">The kernel's release.</param>
/// <param name="Architecture">The machine's architecture.</param>
/// <param name="Processors">How many processors are online.</param>
/// <param name="PageSizeBytes">The page size.</param>
/// <param name="FaultAroundBytes">How much the kernel maps around a read fault on a file; readable as root where debugfs is mounted.</param>
/// <param name="TransparentHugePages">always, madvise or never.</param>
public sealed record RecordingHost(
    string? Kernel,
    string Architecture,
    int Processors,
    int PageSizeBytes,
    int? FaultAroundBytes,
    string? TransparentHugePages)
{
    /// <summary>Reads the facts of this host.</summary>
    public static RecordingHost Read() => new(
        ReadFile("/proc/sys/kernel/osrelease"),
        RuntimeInformation.OSArchitecture is System.Runtime.InteropServices.Architecture.X64 ? "x86_64" : RuntimeInformation.OSArchitecture.ToString(),
        Environment.ProcessorCount,
        Environment.SystemPageSize,
        int.TryParse(ReadFile("/sys/kernel/debug/fault_around_bytes"), NumberStyles.None, CultureInfo.InvariantCulture, out int bytes) ? bytes : null,
        Bracketed(ReadFile("/sys/kernel/mm/transparent_hugepage/enabled")));

    private static string? ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The chosen word of <c>always [madvise] never</c>.</summary>
    internal static string? Bracketed(string? text)
    {
        int open = text?.IndexOf('[', StringComparison.Ordinal) ?? -1;
        int close = text?.IndexOf(']', StringComparison.Ordinal) ?? -1;
        return open >= 0 && close > open ? text![(open + 1)..close] : null;
    }
}
