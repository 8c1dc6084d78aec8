using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux.Capabilities;

/// <summary>
/// All that an examination asks of a host. Every member returns at once or after a short command, changes nothing, and leaves no descriptor,
/// process or file behind.
/// </summary>
internal interface IHost
{
    /// <summary>True on Linux; elsewhere nothing else is asked.</summary>
    bool IsLinux { get; }

    /// <summary>What the machine is.</summary>
    Architecture Architecture { get; }

    /// <summary>The operating system in words.</summary>
    string Description { get; }

    /// <summary>The text of a small file without white space around it; null if it is not there or may not be read.</summary>
    string? ReadText(string path);

    /// <summary>Whether a folder is there and can be seen.</summary>
    bool HasDirectory(string path);

    /// <summary>Whether this process may write to a file, or make entries in a folder.</summary>
    bool CanWrite(string path);

    /// <summary>Where a program of PATH lies, or null.</summary>
    string? FindCommand(string name);

    /// <summary>What a program prints, or null if it is not there or fails.</summary>
    string? Output(string command, params string[] arguments);

    /// <summary>The feature bits of userfaultfd(2) as UFFDIO_API reports them.</summary>
    HostAnswer UserfaultFeatures();

    /// <summary>Makes an empty PAGEMAP_SCAN of this process; the value means nothing.</summary>
    HostAnswer PageMapScan();

    /// <summary>The commands of membarrier(2) as a mask.</summary>
    HostAnswer MembarrierCommands();

    /// <summary>An ioctl of /dev/kvm that takes a number; what opening it was refused with is the errno too.</summary>
    HostAnswer Kvm(uint request, nint argument);
}
