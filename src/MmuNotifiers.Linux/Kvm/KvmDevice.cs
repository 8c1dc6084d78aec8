using MmuNotifiers.Linux.Kvm.Native;

namespace MmuNotifiers.Linux.Kvm;

/// <summary>
/// The kernel's virtual machine monitor, /dev/kvm. Whether this host has it, and if not why, says <c>HostCapabilities.VirtualMachines</c>
/// beforehand. All members are safe to call from any thread.
/// </summary>
public sealed unsafe class KvmDevice : IDisposable
{
    /// <summary>Where the kernel offers it.</summary>
    public const string Path = "/dev/kvm";

    /// <summary>KVM_API_VERSION: the only one since Linux 2.6.22.</summary>
    public const int KnownVersion = 12;

    private readonly FileDescriptor _descriptor;

    private KvmDevice(FileDescriptor descriptor)
    {
        _descriptor = descriptor;
        ApiVersion = Control(KvmRequest.GetApiVersion, 0, "KVM_GET_API_VERSION");
        RunPageBytes = Control(KvmRequest.GetRunPageBytes, 0, "KVM_GET_VCPU_MMAP_SIZE");
    }

    /// <summary>The version of the interface; <see cref="KnownVersion"/> on every kernel of today.</summary>
    public int ApiVersion { get; }

    /// <summary>How large the page is that the kernel shares for each virtual processor, in bytes.</summary>
    internal int RunPageBytes { get; }

    /// <summary>Opens the device.</summary>
    /// <exception cref="LinuxException">It cannot be opened.</exception>
    public static KvmDevice Open() => new(FileDescriptor.Open(Path, Libc.OpenReadWrite));

    /// <summary>What the kernel says about an extension: 0 if it lacks it, 1 or a number that the extension defines if it has it.</summary>
    public int Check(KvmExtension extension) => Control(KvmRequest.CheckExtension, (nint)extension, "KVM_CHECK_EXTENSION");

    /// <summary>Makes a machine without memory and without processors.</summary>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    public VirtualMachine CreateMachine() =>
        new(this, FileDescriptor.Own(Libc.Control(_descriptor, KvmRequest.CreateMachine, 0), "ioctl(KVM_CREATE_VM)"));

    /// <inheritdoc/>
    public void Dispose() => _descriptor.Dispose();

    /// <summary>What the processors of this host can show to a guest (cpuid).</summary>
    internal void ReadFeatures(ref KvmFeatures features)
    {
        features.Count = KvmFeatures.MostEntries;
        fixed (KvmFeatures* pointer = &features)
        {
            // SAFETY: room for as many entries as the count says, pinned for the length of the call.
            _ = LinuxException.ThrowIfFailed(
                Libc.Control(_descriptor, KvmRequest.GetSupportedFeatures, pointer), "ioctl(KVM_GET_SUPPORTED_CPUID)");
        }
    }

    private int Control(nuint request, nint argument, string name) =>
        (int)LinuxException.ThrowIfFailed(Libc.Control(_descriptor, request, argument), $"ioctl({name})");
}
