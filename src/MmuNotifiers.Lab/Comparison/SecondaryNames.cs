using System.Collections.Immutable;
using MmuNotifiers.Lab.Replay;

namespace MmuNotifiers.Lab.Comparison;

/// <summary>The secondary MMUs that can be compared, in the order of their rows, and what they call themselves.</summary>
internal static class SecondaryNames
{
    public static ImmutableArray<SecondaryKind> All { get; } =
        [SecondaryKind.Shadow, SecondaryKind.NetworkCard, SecondaryKind.Registration, SecondaryKind.Tlb];

    public static string Of(SecondaryKind kind) => kind switch
    {
        SecondaryKind.Shadow => "KVM shadow MMU",
        SecondaryKind.NetworkCard => "Quadrics NIC",
        SecondaryKind.Registration => "registration cache",
        SecondaryKind.Tlb => "software TLB",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such secondary."),
    };
}
