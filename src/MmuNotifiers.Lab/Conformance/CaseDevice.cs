using MmuNotifiers.Secondary;

namespace MmuNotifiers.Lab.Conformance;

/// <summary>A secondary MMU of a process, with the device through which the case uses it.</summary>
internal sealed class CaseDevice : IDisposable
{
    private readonly ISecondaryMmu _mmu;

    internal CaseDevice(ISecondaryMmu mmu)
    {
        _mmu = mmu;
        Device = mmu.AddDevice();
    }

    /// <summary>What it is.</summary>
    internal string Name => _mmu.Name;

    /// <summary>What loads and stores.</summary>
    internal ISecondaryDevice Device { get; }

    public void Dispose() => _mmu.Dispose();
}
