namespace MmuNotifiers.Lab.Reports;

/// <summary>How often something differed from the recording for one cause.</summary>
/// <param name="Cause">The cause's name, one word.</param>
/// <param name="Count">How often.</param>
/// <param name="Explanation">The cause in a sentence.</param>
/// <param name="Example">The first case: process, address, time.</param>
public sealed record MismatchCount(string Cause, long Count, string Explanation, string Example);
