using System.Runtime.InteropServices;
using MmuNotifiers.Linux.Recording;

namespace MmuNotifiers.Linux.Oracle;

/// <summary>Whether the kernel of this host can be asked how it behaves, and if not, what is lacking.</summary>
/// <param name="IsAvailable">True if a <see cref="KernelOracle"/> can be started.</param>
/// <param name="Reason">What is lacking; null if nothing is.</param>
/// <param name="GuestReason">What is lacking for a guest of the kernel's own virtual machine monitor (KVM); null if there can be one.</param>
/// <param name="TrafficReason">What is lacking to listen to what the kernel tells secondary MMUs; null if that can be heard.</param>
public sealed record OracleCapability(bool IsAvailable, string? Reason, string? GuestReason, string? TrafficReason)
{
    private const string Compiler = "cc";
    private const string VirtualMachines = "/dev/kvm";
    private const string Tracepoint = "/sys/kernel/tracing/events/kvm/kvm_unmap_hva_range";

    /// <summary>Looks at this host: Linux on x86-64 and a C compiler in the path; for a guest /dev/kvm, for traffic tracefs too.</summary>
    public static OracleCapability Probe()
    {
        string? reason = WhyMissing();
        string? guest = reason ?? WhyNoGuest();
        return new OracleCapability(reason is null, reason, guest, guest ?? WhyNoTraffic());
    }

    /// <summary>Where the compiler lies, or null.</summary>
    internal static string? FindCompiler() => RecordingCommand.Find(Compiler, workingDirectory: null);

    private static string? WhyMissing()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.OSArchitecture != Architecture.X64)
        {
            return $"the kernel is asked on Linux on x86-64 only; this is {RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}";
        }

        return FindCompiler() is null
            ? "the kernel is asked through a program in C, and there is no cc in PATH (Debian: apt-get install gcc libc6-dev)"
            : null;
    }

    private static string? WhyNoGuest()
    {
        try
        {
            using FileStream machines = new(VirtualMachines, FileMode.Open, FileAccess.ReadWrite);
            return null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return $"{VirtualMachines} cannot be opened";
        }
    }

    private static string? WhyNoTraffic() => Directory.Exists(Tracepoint)
        ? null
        : $"{Tracepoint} cannot be seen: it takes root, tracefs, and a kernel with the tracepoint";
}
