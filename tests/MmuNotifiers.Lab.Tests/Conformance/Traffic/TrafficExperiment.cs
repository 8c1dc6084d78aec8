namespace MmuNotifiers.Lab.Tests.Conformance.Traffic;

/// <summary>One operation whose notifier traffic is compared.</summary>
/// <param name="Name">What it is, for the table.</param>
/// <param name="Setup">What comes before it, as operations of a case, without the first process' number.</param>
/// <param name="Operation">The operation itself.</param>
/// <param name="Why">Why what we say is enough, where it differs from what the kernel says.</param>
internal sealed record TrafficExperiment(string Name, string[] Setup, string Operation, string Why);
