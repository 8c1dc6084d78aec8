namespace MmuNotifiers.Linux.Witnesses;

/// <summary>One mapping of a process, and what the kernel counts of it (/proc/PID/smaps). Sizes are in bytes, of the whole mapping.</summary>
/// <param name="Range">Its addresses.</param>
/// <param name="Rights">As /proc/PID/maps writes them: <c>rw-p</c>.</param>
/// <param name="Path">What is mapped, or a name in brackets; empty for plain anonymous memory.</param>
public sealed record MemoryMap(AddressRange Range, string Rights, string Path)
{
    /// <summary>In memory and translated by this mapping (Rss).</summary>
    public long ResidentBytes { get; init; }

    /// <summary>In the kernel's own swap (Swap).</summary>
    public long SwappedBytes { get; init; }

    /// <summary>Used since /proc/PID/clear_refs was last told to forget it (Referenced).</summary>
    public long ReferencedBytes { get; init; }

    /// <summary>Of no file, or a private copy of one (Anonymous).</summary>
    public long AnonymousBytes { get; init; }

    /// <summary>Written, and mapped here alone (Private_Dirty).</summary>
    public long PrivateDirtyBytes { get; init; }

    /// <summary>Locked in memory (Locked).</summary>
    public long LockedBytes { get; init; }

    /// <summary>In huge pages of anonymous memory (AnonHugePages).</summary>
    public long HugeBytes { get; init; }
}
