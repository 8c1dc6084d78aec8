namespace MmuNotifiers.Linux.Kvm.Programs;

/// <summary>How often a program made a system call.</summary>
/// <param name="Name">The call's name.</param>
/// <param name="Count">How often.</param>
public sealed record SystemCallCount(string Name, long Count);
