using MmuNotifiers.Secondary;

namespace MmuNotifiers.Lab.Replay.Devices;

/// <summary>Makes the secondaries that a replay attaches.</summary>
internal static class SecondaryFactory
{
    /// <summary>
    /// Entries of a software TLB in a replay: enough that a translation is often still there when it is revoked, few enough that a
    /// hundred address spaces cost little.
    /// </summary>
    private const int TlbEntries = 4096;

    public static ISecondaryMmu Create(SecondaryKind kind, IPrimaryMmu primary, AddressRange bounds) => kind switch
    {
        SecondaryKind.Tlb => new TlbDomain(primary, TlbEntries),
        SecondaryKind.Shadow => CreateShadow(primary, bounds),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such secondary."),
    };

    private static TlbDomain CreateShadow(IPrimaryMmu primary, AddressRange bounds) => new(primary, TlbEntries);
}
