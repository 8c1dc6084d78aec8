namespace MmuNotifiers.Linux.Witnesses;

/// <summary>What a <see cref="NotifierTrace"/> records.</summary>
public sealed record NotifierTraceOptions
{
    /// <summary>Only events that overlap these addresses; null for all of the host, of which a process of .NET causes dozens a second by itself.</summary>
    public AddressRange? Window { get; init; }

    /// <summary>Only what this thread of the kernel's does; null for all.</summary>
    public int? ThreadId { get; init; }

    /// <summary>Whether loads of guests' translations are recorded as well (kvmmmu:kvm_mmu_set_spte). A window does not limit them: they name the guest's pages.</summary>
    public bool IncludesLoads { get; init; }

    /// <summary>How much each processor can hold, in KiB, before old events are overwritten; from 4 to 1 GiB.</summary>
    public int BufferKibibytes { get; init; } = 4096;
}
