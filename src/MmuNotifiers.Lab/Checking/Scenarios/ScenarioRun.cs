using System.Diagnostics.CodeAnalysis;
using MmuNotifiers.Primary;
using MmuNotifiers.Secondary;

namespace MmuNotifiers.Lab.Checking;

/// <summary>One execution of a scenario: its address space and what is attached to it. What <see cref="ThreadScript.Do"/> works on.</summary>
public sealed partial class ScenarioRun
{
    /// <summary>The most pages that a scenario can have.</summary>
    public const int MaxPages = 64;

    private const ulong FirstAddress = 0x20_0000;

    private readonly RaceScenario _scenario;
    private readonly IPrimaryMmu _primary;
    private readonly object?[] _secondaries;
    private readonly List<MemoryObject> _objects = [];

    /// <summary>Where evicted pages go; null as long as none can be.</summary>
    private ISwapStore? _swapStore;

    /// <summary>The address space.</summary>
    public AddressSpace Space { get; }

    /// <summary>Where its frames come from.</summary>
    public PhysicalMemory Memory => Space.Memory;

    /// <summary>The address space as secondary MMUs see it: everything that passes is watched.</summary>
    public IPrimaryMmu Primary { get; }

    /// <summary>What secondary MMUs register with: the address space, or what <see cref="RaceScenario.Through"/> put before it.</summary>
    public IPrimaryMmu Interposed => _primary;

    /// <summary>The objects that are mapped, in the order of their pages.</summary>
    public IReadOnlyList<MemoryObject> Objects => _objects;

    /// <summary>The child that was forked last, or null.</summary>
    public AddressSpace? Child { get; private set; }

    /// <summary>The address of a page.</summary>
    public static VirtualAddress AddressOf(int page) => new(FirstAddress + ((ulong)page << Page.Shift));

    /// <summary>The addresses of some pages.</summary>
    public static AddressRange RangeOf(int page, int count) => AddressRange.FromPages(AddressOf(page), (ulong)count);

    /// <summary>The number of the page at an address.</summary>
    internal static int PageOf(VirtualAddress address) => (int)((long)(address.Value - FirstAddress) >> Page.Shift);

    /// <summary>What was attached; null as long as it is not, and afterwards.</summary>
    /// <param name="secondary">The number of the secondary MMU.</param>
    public object? Secondary(int secondary = 0) => _secondaries[secondary];

    /// <summary>Reports that something does not hold.</summary>
    /// <param name="sentence">What does not, in one plain sentence.</param>
    /// <param name="broken">The invariant, if it is one.</param>
    [DoesNotReturn]
    public static void Fail(string sentence, Invariants broken = Invariants.None) => throw new ScenarioFailure(broken, sentence);

    /// <summary>Who watches.</summary>
    internal Judge Judge { get; }

    /// <summary>When the last fork had ended, in the judge's time; 0 if there was none.</summary>
    internal int ForkEnded { get; private set; }

    /// <summary>Whether the address space has gone away.</summary>
    internal bool IsGone { get; private set; }

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

    internal void Attach(int secondary)
    {
        _secondaries[secondary] = _scenario.Secondaries[secondary].Attach(new ObservedPrimary(_primary, Judge, secondary));
    }

    internal bool Detach(int secondary)
    {
        object? attached = _secondaries[secondary];
        _secondaries[secondary] = null;
        Judge.Detaching(secondary);
        (attached as IDisposable)?.Dispose();
        Judge.Detached(secondary);
        return attached is not null;
    }

    internal bool Fork()
    {
        Child = Space.Fork();
        ForkEnded = Judge.Now;
        return Child is not null;
    }

    internal void Exit(AddressSpace space)
    {
        IsGone |= ReferenceEquals(space, Space);
        space.Dispose();
    }
}
