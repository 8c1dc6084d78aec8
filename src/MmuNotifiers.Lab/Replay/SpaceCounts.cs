using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Replay;

/// <summary>What the program did in one address space.</summary>
internal sealed class SpaceCounts
{
    private readonly long[] _kinds = new long[Enum.GetValues<FaultKind>().Length];

    public long Operations { get; set; }

    public long SystemCalls { get; set; }

    public long SystemCallMismatches { get; set; }

    public long Faults { get; set; }

    public long MatchedFaults { get; set; }

    public long UnexpectedFaults { get; set; }

    public long Hits { get; set; }

    public long Signals { get; set; }

    /// <summary>Forks that copied the address space.</summary>
    public long Forks { get; set; }

    /// <summary>Calls that unmapped parts of several areas at once.</summary>
    public long UnmapsOverSeveralAreas { get; set; }

    public int MostThreads { get; set; } = 1;

    /// <summary>Faults of one kind.</summary>
    public long this[FaultKind kind] => _kinds[(int)kind];

    /// <summary>Counts a fault that the primary handled.</summary>
    public void CountFault(FaultKind kind) => _kinds[(int)kind]++;
}
