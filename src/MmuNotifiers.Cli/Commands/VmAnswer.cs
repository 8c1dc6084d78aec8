using System.Collections.Immutable;
using MmuNotifiers.Linux;
using MmuNotifiers.Linux.Kvm.Programs;

namespace MmuNotifiers.Cli.Commands;

/// <summary>What <c>mmun vm --stats</c> tells of a program that ended.</summary>
internal sealed record VmAnswer
{
    /// <summary>The program's path.</summary>
    public required string Program { get; init; }

    /// <summary>Its exit code, 128 and the signal's number where one ended it.</summary>
    public required int ExitCode { get; init; }

    /// <summary>The signal's name; null where it ended by itself.</summary>
    public string? Signal { get; init; }

    /// <summary>Why the signal; null where it ended by itself.</summary>
    public string? Reason { get; init; }

    /// <summary>From its start to its end.</summary>
    public double Seconds { get; init; }

    /// <summary>Processor time, that of the monitor included.</summary>
    public double ProcessorSeconds { get; init; }

    /// <summary>How often the processor left the guest.</summary>
    public long Exits { get; init; }

    /// <summary>Page faults of the program that gave it pages.</summary>
    public long PageFaults { get; init; }

    /// <summary>How often translations were forgotten.</summary>
    public long ForgottenTranslations { get; init; }

    /// <summary>Pages that it used at most.</summary>
    public long PeakPages { get; init; }

    /// <summary>System calls by name.</summary>
    public required ImmutableArray<SystemCallCount> SystemCalls { get; init; }

    /// <summary>System calls that are not served, by name.</summary>
    public required ImmutableArray<SystemCallCount> UnservedCalls { get; init; }

    /// <summary>How its memory was paged.</summary>
    public required VmMemoryAnswer Memory { get; init; }

    /// <summary>Puts the answer together.</summary>
    public static VmAnswer Of(string path, ProgramEnd end, LinuxProgramStatistics statistics, PagedMemory memory, VmMemory size) => new()
    {
        Program = path,
        ExitCode = end.Code,
        Signal = end.SignalName,
        Reason = end.Reason,
        Seconds = statistics.Elapsed.TotalSeconds,
        ProcessorSeconds = statistics.ProcessorTime.TotalSeconds,
        Exits = statistics.Exits,
        PageFaults = statistics.PageFaults,
        ForgottenTranslations = statistics.ForgottenTranslations,
        PeakPages = statistics.PeakPages,
        SystemCalls = [.. statistics.Calls],
        UnservedCalls = [.. statistics.UnservedCalls],
        Memory = VmMemoryAnswer.Of(memory, size),
    };
}
