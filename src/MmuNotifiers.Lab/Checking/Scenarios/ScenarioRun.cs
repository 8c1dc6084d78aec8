using System.Diagnostics.CodeAnalysis;
using MmuNotifiers.Primary;
using MmuNotifiers.Secondary;

namespace MmuNotifiers.Lab.Checking;

/// <summary>One execution of a scenario: its address space and what is attached to it. What <see cref="ThreadScript.Do"/> works on.</summary>
public sealed partial class ScenarioRun
{
    /// <summary>The most pages that a scenario can have.</summary>
    public const int MaxPages = 64;

    private const ulong FirstAddress = 0x1_0000;

    private readonly RaceScenario _scenario;
    private readonly object?[] _secondaries;
    private readonly List<MemoryObject> _objects = [];

    /// <summary>The address space.</summary>
    public AddressSpace Space { get; }

    /// <summary>Where its frames come from.</summary>
    public PhysicalMemory Memory => Space.Memory;

    /// <summary>The address space as secondary MMUs see it: everything that passes is watched.</summary>
    public IPrimaryMmu Primary { get; }

    /// <summary>The objects that are mapped, in the order of their pages.</summary>
    public IReadOnlyList<MemoryObject> Objects => _objects;

    /// <summary>The child that was forked last, or null.</summary>
    public AddressSpace? Child { get; private set; }

    /// <summary>The address of a page.</summary>
    public static VirtualAddress AddressOf(int page) => new(FirstAddress + ((ulong)page << Page.Shift));

    /// <summary>The addresses of some pages.</summary>
    public static AddressRange RangeOf(int page, int count) => AddressRange.FromPages(AddressOf(page), (ulong)count);

    /// <summary>What was attached; null as long as it is not, and afterwards.</summary>
    /// <param name="secondary">The number of the secondary MMU.</param>
    public object? Secondary(int secondary = 0) => _secondaries[secondary];

    /// <summary>Reports that something does not hold.</summary>
    /// <param name="sentence">What does not, in one plain sentence.</param>
    /// <param name="broken">The invariant, if it is one.</param>
    [DoesNotReturn]
    public static void Fail(string sentence, Invariants broken = Invariants.None) => throw new ScenarioFailure(broken, sentence);

    internal AddressSpace? SpaceOf(ScenarioOperation operation) => operation.IsInChild ? Child : Space;

    internal ISecondaryDevice? DeviceOf(ThreadState thread, int secondary)
    {
        ISecondaryDevice? device = thread.Devices[secondary];
        if (device is null && _secondaries[secondary] is { } attached)
        {
            device = thread.Devices[secondary] = _scenario.Secondaries[secondary].AddDevice(attached);
        }

        return device;
    }

    internal void Attach(int secondary) => _secondaries[secondary] = _scenario.Secondaries[secondary].Attach(Primary);

    internal bool Detach(int secondary)
    {
        object? attached = _secondaries[secondary];
        _secondaries[secondary] = null;
        (attached as IDisposable)?.Dispose();
        return attached is not null;
    }

    internal bool Fork()
    {
        Child = Space.Fork();
        return Child is not null;
    }
}
