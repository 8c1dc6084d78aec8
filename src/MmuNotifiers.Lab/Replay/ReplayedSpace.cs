using System.Collections.Concurrent;
using MmuNotifiers.Lab.Replay.Devices;
using MmuNotifiers.Lab.Replay.Model;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Replay;

/// <summary>One recorded address space: the primary's, the model of it, and the secondaries attached to it.</summary>
internal sealed class ReplayedSpace
{
    /// <summary>Odd while a call, a fork or an exit changes the address space; see <see cref="BeginChange"/>.</summary>
    private long _version;

    public ReplayedSpace(int processId, string program, AddressSpace primary, SpaceModel model, AttachedSecondary[] secondaries)
    {
        ProcessId = processId;
        Program = program;
        Primary = primary;
        Model = model;
        Secondaries = secondaries;
        Targets = new DeviceTargets();
    }

    /// <summary>The process that it belongs to first.</summary>
    public int ProcessId { get; }

    /// <summary>The program that runs in it.</summary>
    public string Program { get; }

    /// <summary>The address space under test.</summary>
    public AddressSpace Primary { get; }

    /// <summary>What it must show.</summary>
    public SpaceModel Model { get; }

    /// <summary>The secondaries attached to it.</summary>
    public AttachedSecondary[] Secondaries { get; }

    /// <summary>Where devices look for pages to access.</summary>
    public DeviceTargets Targets { get; }

    /// <summary>Pages that a device used while they were changing, so that it may have faulted them in, with what it stored last.</summary>
    public ConcurrentDictionary<ulong, RacedPage> Raced { get; } = new();

    /// <summary>The end of the heap; null in an address space without one.</summary>
    public VirtualAddress? HeapEnd { get; set; }

    /// <summary>Whether mlockall asked for every later mapping to be brought in at once.</summary>
    public bool LocksFuture { get; set; }

    /// <summary>What happened in it.</summary>
    public SpaceCounts Counts { get; } = new();

    /// <summary>Which pages reclaim took, or a snapshot write-protected; null where nothing is reclaimed or saved.</summary>
    public ReclaimWatch? Watch { get; init; }

    /// <summary>What it had in memory and lost, from before it was torn down.</summary>
    public AddressSpaceStatistics Memory { get; set; }

    /// <summary>How many processes use it; more than one between a vfork and the child's execve.</summary>
    public int Users { get; set; } = 1;

    /// <summary>A number that is odd while the address space changes and differs after each change.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>Says that areas or many pages are about to change, until the scope ends.</summary>
    public ChangeScope BeginChange() => new(this);

    /// <summary>While it is open, devices know that what they find at any address of the space may be old or new.</summary>
    internal readonly ref struct ChangeScope : IDisposable
    {
        private readonly ReplayedSpace _space;

        public ChangeScope(ReplayedSpace space)
        {
            _space = space;
            Interlocked.Increment(ref space._version);
        }

        public void Dispose() => Interlocked.Increment(ref _space._version);
    }
}
