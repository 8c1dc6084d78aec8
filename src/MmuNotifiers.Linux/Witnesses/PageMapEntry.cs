namespace MmuNotifiers.Linux.Witnesses;

/// <summary>An entry of /proc/PID/pagemap: what the kernel's page table says of one page.</summary>
/// <param name="Bits">As the kernel gives them.</param>
public readonly record struct PageMapEntry(ulong Bits)
{
    private const ulong NumberBits = (1UL << 55) - 1;

    /// <summary>In memory, and translated.</summary>
    public bool IsPresent => Bit(63);

    /// <summary>In the kernel's own swap.</summary>
    public bool IsSwapped => Bit(62);

    /// <summary>Of a file, or shared memory.</summary>
    public bool IsFileOrShared => Bit(61);

    /// <summary>A guard: an access is a fault that is not served (Linux 6.15).</summary>
    public bool IsGuard => Bit(58);

    /// <summary>Write-protected through userfaultfd.</summary>
    public bool IsWriteProtected => Bit(57);

    /// <summary>Mapped here and nowhere else.</summary>
    public bool IsExclusive => Bit(56);

    /// <summary>Written since /proc/PID/clear_refs was last told to forget it, or new.</summary>
    public bool IsSoftDirty => Bit(55);

    /// <summary>The kernel's number of the frame; 0 where there is none, or where this process may not see it (CAP_SYS_ADMIN).</summary>
    public ulong KernelFrame => IsPresent ? Bits & NumberBits : 0;

    private bool Bit(int number) => (Bits >> number & 1) != 0;
}
