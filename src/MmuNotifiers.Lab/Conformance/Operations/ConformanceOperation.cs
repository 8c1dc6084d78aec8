namespace MmuNotifiers.Lab.Conformance.Operations;

/// <summary>One step of a case. Numbers stand as in the file: addresses relative to the window.</summary>
/// <param name="Process">Who does it; 0 is the first process.</param>
internal abstract record ConformanceOperation(int Process)
{
    /// <summary>What a Linux kernel answers.</summary>
    public Expectation Expectation { get; init; } = Expectation.Anything;
}
