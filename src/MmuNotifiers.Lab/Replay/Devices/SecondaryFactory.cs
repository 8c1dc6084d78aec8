using MmuNotifiers.Secondary;
using MmuNotifiers.Secondary.Kvm;

namespace MmuNotifiers.Lab.Replay.Devices;

/// <summary>Makes the secondaries that a replay attaches.</summary>
internal static class SecondaryFactory
{
    /// <summary>
    /// Entries of a software TLB in a replay: enough that a translation is often still there when it is revoked, few enough that a
    /// hundred address spaces cost little.
    /// </summary>
    private const int TlbEntries = 4096;

    public static ISecondaryMmu Create(SecondaryKind kind, IPrimaryMmu primary) => kind switch
    {
        SecondaryKind.Tlb => new TlbDomain(primary, TlbEntries),
        SecondaryKind.Shadow => new IdentityGuest(primary),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such secondary."),
    };
}
