using System.Collections.Immutable;
using MmuNotifiers.Primary;
using MmuNotifiers.Secondary.Rdma;

namespace MmuNotifiers.Lab.Replay;

/// <summary>How a recording is replayed.</summary>
public sealed record ReplayOptions
{
    /// <summary>The secondary MMUs attached to each address space.</summary>
    public ImmutableArray<SecondaryKind> Secondaries { get; init; } = [SecondaryKind.Tlb, SecondaryKind.Shadow];

    /// <summary>Where the secondaries' notifiers hang, with the hook table that belongs to it; null for where each hangs by itself.</summary>
    public AttachmentKind? Attachment { get; init; }

    /// <summary>Device accesses for each operation of the program, through each secondary; 0 for none.</summary>
    public double DeviceRate { get; init; } = 1;

    /// <summary>
    /// Whether devices store to some pages right behind a fork, as soon as the program could. They break copy-on-write before the program
    /// does, so that these faults of the recording find nothing to do. Not with <see cref="DeviceMode.Concurrent"/>.
    /// </summary>
    public bool StoresAfterFork { get; init; }

    /// <summary>The seed of the device traffic.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Whether a network card prefetches.</summary>
    public PrefetchPolicy Prefetch { get; init; } = PrefetchPolicy.OnUpdate;

    /// <summary>Where the devices run.</summary>
    public DeviceMode Devices { get; init; } = DeviceMode.Interleaved;

    /// <summary>Which hook sites of the primary call their subscribers, unless <see cref="Attachment"/> brings its own.</summary>
    public HookTable Hooks { get; init; } = HookTable.Standard;

    /// <summary>The most memory that the replayed program may use, in bytes.</summary>
    public ulong MemoryLimitBytes { get; init; } = 16UL << 30;

    /// <summary>
    /// How little memory there is, so that pages are evicted; null for as much as the recording needs, within <see cref="MemoryLimitBytes"/>.
    /// Then whole pages are compared, each before the address space that it belongs to goes away as well.
    /// </summary>
    public MemoryPressure? Pressure { get; init; }

    /// <summary>What is saved to a file on the way, and compared with its load at the end; null for nothing.</summary>
    public ReplaySnapshot? Snapshot { get; init; }
}
