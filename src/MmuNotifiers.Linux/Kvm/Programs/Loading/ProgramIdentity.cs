namespace MmuNotifiers.Linux.Kvm.Programs.Loading;

/// <summary>What a program is told of who runs it and where.</summary>
/// <param name="UserId">The user.</param>
/// <param name="GroupId">The group.</param>
/// <param name="HardwareFeatures">AT_HWCAP: EDX of cpuid 1.</param>
/// <param name="Random">16 bytes for stack protectors (AT_RANDOM).</param>
internal sealed record ProgramIdentity(ulong UserId, ulong GroupId, ulong HardwareFeatures, byte[] Random);
