namespace MmuNotifiers.Primary;

/// <summary>How an address space is laid out and limited. The defaults are those of a Linux process on x86-64.</summary>
public sealed class AddressSpaceOptions
{
    /// <summary>The addresses that may be mapped at all.</summary>
    public AddressRange Bounds { get; init; } = new(new VirtualAddress(0x1_0000), new VirtualAddress(0x7fff_ffff_f000));

    /// <summary>Where addresses that the address space chooses come from: highest first fit inside. Null takes <see cref="Bounds"/>.</summary>
    public AddressRange? PlacementWindow { get; init; }

    /// <summary>Where the heap starts; null for an address space without one.</summary>
    public VirtualAddress? HeapStart { get; init; }

    /// <summary>How many areas there may be (vm.max_map_count).</summary>
    public int MaxAreas { get; init; } = 65_530;

    /// <summary>How many bytes may be mapped (RLIMIT_AS).</summary>
    public ulong MaxAddressSpaceBytes { get; init; } = ulong.MaxValue;

    /// <summary>How many bytes may be locked (RLIMIT_MEMLOCK).</summary>
    public ulong MaxLockedBytes { get; init; } = ulong.MaxValue;

    /// <summary>How far a stack may grow (RLIMIT_STACK).</summary>
    public ulong MaxStackBytes { get; init; } = 8 << 20;

    /// <summary>
    /// How many pages may be mapped in memory; null for no limit but the frames of the pool. Where it is reached, a page of this address space is evicted for each
    /// that comes; where none can be, the fault ends out of memory. While several threads fault, or a fork gives pages, it may be passed for a moment.
    /// </summary>
    public long? MaxResidentPages { get; init; }

    /// <summary>The gap kept free below a stack (stack_guard_gap), in pages.</summary>
    public ulong StackGuardPages { get; init; } = 256;

    /// <summary>How many pages around a faulting page of an object are mapped if they are cached (fault_around_bytes); 1 for none.</summary>
    public int FaultAroundPages { get; init; } = 16;

    /// <summary>Which hook sites call.</summary>
    public HookTable Hooks { get; init; } = HookTable.Standard;
}
