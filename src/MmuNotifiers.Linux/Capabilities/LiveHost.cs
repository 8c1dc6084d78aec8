using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux.Capabilities;

/// <summary>The host that this process runs on.</summary>
internal sealed class LiveHost : IHost
{
    private const int QueryBarriers = 0;
    private const string VirtualMachines = "/dev/kvm";

    public bool IsLinux => OperatingSystem.IsLinux();

    public Architecture Architecture => RuntimeInformation.OSArchitecture;

    public string Description => RuntimeInformation.OSDescription;

    public string? ReadText(string path)
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

    public bool HasDirectory(string path) => Directory.Exists(path);

    public bool CanWrite(string path) => Libc.Access(path, Libc.MayWrite) == 0;

    public string? FindCommand(string name) => HostCommand.Find(name, workingDirectory: null);

    public string? Output(string command, params string[] arguments) => HostCommand.Output(command, arguments);

    public HostAnswer UserfaultFeatures() => Ask(() => (long)Userfault.Probe());

    public HostAnswer PageMapScan() => Ask(() =>
    {
        using PageMap map = new();
        VirtualAddress somewhere = new(0);
        int found = map.FindPresent(new AddressRange(somewhere, somewhere), new PageRegion[1], out _);
        return found < 0 ? throw new LinuxException("ioctl(PAGEMAP_SCAN)", Errno.NotTerminal) : found;
    });

    public HostAnswer MembarrierCommands() => Ask(() => LinuxException.ThrowIfFailed(
        Libc.Membarrier(RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 324 : 283, QueryBarriers, 0, 0), "membarrier"));

    public HostAnswer Kvm(uint request, nint argument) => Ask(() =>
    {
        using FileDescriptor machines = FileDescriptor.Open(VirtualMachines, Libc.OpenReadWrite);
        return LinuxException.ThrowIfFailed(Libc.Control(machines, request, argument), "ioctl(/dev/kvm)");
    });

    private static HostAnswer Ask(Func<long> question)
    {
        try
        {
            return new HostAnswer(question(), 0);
        }
        catch (LinuxException refused)
        {
            return new HostAnswer(0, refused.ErrorNumber);
        }
    }
}
