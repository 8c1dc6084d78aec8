namespace MmuNotifiers.Linux.Kvm.Programs.Memory;

/// <summary>When the first pages of a mapping get frames.</summary>
internal enum GuestPopulation
{
    /// <summary>At once: most programs use what they map.</summary>
    Ahead,

    /// <summary>When they are used; then the mapping may be larger than the memory.</summary>
    OnUse,
}
