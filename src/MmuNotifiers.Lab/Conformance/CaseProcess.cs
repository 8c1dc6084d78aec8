using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Conformance;

/// <summary>A process of a case: an address space and the secondary MMUs that are attached to it.</summary>
internal sealed class CaseProcess : IDisposable
{
    private CaseDevice[] _devices = [];

    internal CaseProcess(AddressSpace space, VirtualAddress heapStart)
    {
        Space = space;
        HeapStart = heapStart;
    }

    /// <summary>The address space.</summary>
    internal AddressSpace Space { get; }

    /// <summary>Where the heap starts.</summary>
    internal VirtualAddress HeapStart { get; }

    /// <summary>The secondary MMUs, attached when they are first asked for.</summary>
    internal IReadOnlyList<CaseDevice> Devices
    {
        get
        {
            if (_devices.Length == 0)
            {
                _devices = [.. SecondaryMmus.AttachAll(Space).Select(mmu => new CaseDevice(mmu))];
            }

            return _devices;
        }
    }

    /// <summary>The process exits with its devices attached; they are told, and go away after it.</summary>
    public void Dispose()
    {
        Space.Dispose();
        foreach (CaseDevice device in _devices)
        {
            device.Dispose();
        }
    }
}
