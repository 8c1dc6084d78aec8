using System.Collections.Immutable;

namespace MmuNotifiers.Lab.Reports;

/// <summary>What a replay did and found.</summary>
public sealed record ReplayReport
{
    /// <summary>The program that was recorded: its command's first word, or the name of the first process.</summary>
    public required string Program { get; init; }

    /// <summary>How the replay was run.</summary>
    public required ReplaySettings Settings { get; init; }

    /// <summary>What was found, in one word.</summary>
    public required ReplayVerdict Verdict { get; init; }

    /// <summary>Why the replay is inconclusive, one sentence each; empty if it is not.</summary>
    public ImmutableArray<string> Doubts { get; init; } = [];

    /// <summary>What the program did: system calls, faults, made-up touches, forks and exits.</summary>
    public required long Operations { get; init; }

    /// <summary>Recorded faults, each performed as the access that it was.</summary>
    public required long Faults { get; init; }

    /// <summary>Recorded faults that faulted here as well, and for the same reason.</summary>
    public required long MatchedFaults { get; init; }

    /// <summary>
    /// Those of <see cref="MatchedFaults"/> that were raised while an earlier fault on the same page was on its way (another thread's, or the
    /// kernel's own first try), so that one fault here stands for both.
    /// </summary>
    public required long FaultsRaisedTwice { get; init; }

    /// <summary><see cref="MatchedFaults"/> of <see cref="Faults"/>; 100 if the recording has no faults.</summary>
    public required double FaultMatchPercent { get; init; }

    /// <summary>Recorded faults that did not match, by cause.</summary>
    public ImmutableArray<MismatchCount> FaultMismatches { get; init; } = [];

    /// <summary>Accesses that faulted here although the recorded program made them without a fault.</summary>
    public required long UnexpectedFaults { get; init; }

    /// <summary>Accesses of the program that found their page and were repeated and checked here.</summary>
    public required long Hits { get; init; }

    /// <summary>Faults here, by kind.</summary>
    public ImmutableArray<FaultKindCount> FaultKinds { get; init; } = [];

    /// <summary>Recorded system calls that were performed.</summary>
    public required long SystemCalls { get; init; }

    /// <summary>System calls whose result differs from the recorded one.</summary>
    public required long SystemCallMismatches { get; init; }

    /// <summary>Forks that copied an address space.</summary>
    public required long Forks { get; init; }

    /// <summary>Calls that unmapped parts of several areas at once: munmap, or a fixed mapping over them.</summary>
    public required long UnmapsOverSeveralAreas { get; init; }

    /// <summary>Events that the replay does not perform, by reason.</summary>
    public ImmutableArray<MismatchCount> Skipped { get; init; } = [];

    /// <summary>Events that the recorder lost.</summary>
    public required ulong LostEvents { get; init; }

    /// <summary>Device accesses that reached a frame which the primary no longer maps there, or had rights that the page no longer has.</summary>
    public required long StaleAccesses { get; init; }

    /// <summary>Reads, by the program or a device, that found another value than was written last, although the frame is the right one.</summary>
    public required long ContentMismatches { get; init; }

    /// <summary>Device accesses that were refused although the program may make them.</summary>
    public required long WrongRefusals { get; init; }

    /// <summary>Pages that were evicted from memory. A page that several address spaces had mapped counts once. 0 without a limit.</summary>
    public required long Evictions { get; init; }

    /// <summary>Pages that a fault, of the program or a device, read from the swap store.</summary>
    public required long SwapIns { get; init; }

    /// <summary>Evicted pages that a fault brought back: from the store, from a file, or from the swap cache, where they were still or again.</summary>
    public required long Refaults { get; init; }

    /// <summary>What the limit led to; null without one.</summary>
    public PressureReport? Pressure { get; init; }

    /// <summary>What was saved on the way and how it compares; null if nothing was.</summary>
    public SnapshotReport? Snapshot { get; init; }

    /// <summary>Where the replay ended before the recording did; null if it did not. What is reported was done until then.</summary>
    public ReplayEnd? EndedEarly { get; init; }

    /// <summary>The cost.</summary>
    public required ReplayCost Cost { get; init; }

    /// <summary>One row for each process, in the order of their appearance.</summary>
    public ImmutableArray<ProcessReport> Processes { get; init; } = [];

    /// <summary>One row for each attached secondary MMU, the address spaces taken together.</summary>
    public ImmutableArray<SecondaryReport> Secondaries { get; init; } = [];

    /// <summary>The first violations, one line each.</summary>
    public ImmutableArray<string> Violations { get; init; } = [];
}
