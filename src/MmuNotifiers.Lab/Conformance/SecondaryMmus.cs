using MmuNotifiers.Primary;
using MmuNotifiers.Secondary;

namespace MmuNotifiers.Lab.Conformance;

/// <summary>Every kind of secondary MMU that cases are run with.</summary>
internal static class SecondaryMmus
{
    /// <summary>Entries of a TLB: few, so that evictions happen.</summary>
    private const int TlbEntries = 64;

    /// <summary>Attaches one of each kind to an address space, to be used for the addresses of a window.</summary>
    internal static IEnumerable<ISecondaryMmu> Attach(AddressSpace space, AddressRange window)
    {
        yield return new TlbDomain(space, TlbEntries);
    }
}
