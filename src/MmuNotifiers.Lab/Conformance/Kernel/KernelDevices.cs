namespace MmuNotifiers.Lab.Conformance.Kernel;

/// <summary>What device operations are on a running kernel.</summary>
public enum KernelDevices
{
    /// <summary>The kernel's own access to a process' pages (get_user_pages).</summary>
    UserPages,

    /// <summary>A guest of the kernel's virtual machine monitor as well, whose memory is the window.</summary>
    Guest,
}
