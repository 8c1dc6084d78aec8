namespace MmuNotifiers.Lab.Conformance;

/// <summary>How a case went.</summary>
/// <param name="Name">The case.</param>
/// <param name="Passed">Whether every operation ended as a Linux kernel's would.</param>
/// <param name="Message">The first operation that did not, and how; empty if the case passed.</param>
public sealed record ConformanceResult(string Name, bool Passed, string Message);
