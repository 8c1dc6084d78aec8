using System.Collections.Immutable;

namespace MmuNotifiers.Lab.Comparison;

/// <summary>What is the same for all rows of a recording.</summary>
/// <param name="Trace">The recording's name.</param>
/// <param name="Program">The recorded program.</param>
/// <param name="Operations">What it did: system calls, faults, forks, execs, exits.</param>
/// <param name="AddressSpaces">Address spaces, one after the other or at once.</param>
/// <param name="Forks">Forks that copied an address space.</param>
/// <param name="UnmapsOverSeveralAreas">
/// Calls that unmapped parts of several vmas at once: what a notifier that is handed the first vma misses.
/// </param>
/// <param name="FaultMatchPercent">Recorded faults that faulted here as well.</param>
/// <param name="NsPerOperationWithoutNotifiers">Nanoseconds for each operation with nothing attached: the median of all such replays.</param>
/// <param name="NoisePercent">Half of the distance between the smallest and the largest of these replays, in percent of the median.</param>
/// <param name="Doubts">Why the rows mean little, one sentence each; empty if they do not.</param>
public sealed record ComparedTraceReport(
    string Trace,
    string Program,
    long Operations,
    int AddressSpaces,
    long Forks,
    long UnmapsOverSeveralAreas,
    double FaultMatchPercent,
    double NsPerOperationWithoutNotifiers,
    double NoisePercent,
    ImmutableArray<string> Doubts);
