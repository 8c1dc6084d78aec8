namespace MmuNotifiers.Lab.Traces;

/// <summary>The machine on which a trace was recorded. What is unknown is null.</summary>
public sealed record TraceHost
{
    /// <summary>The kernel's release (uname -r).</summary>
    public string? Kernel { get; init; }

    /// <summary>The machine's architecture, for example x86_64.</summary>
    public string? Architecture { get; init; }

    /// <summary>How many processors were online.</summary>
    public int? Processors { get; init; }

    /// <summary>The page size in bytes.</summary>
    public int? PageSizeBytes { get; init; }

    /// <summary>How many bytes around a read fault on a file the kernel maps at once (debugfs, fault_around_bytes).</summary>
    public int? FaultAroundBytes { get; init; }

    /// <summary>The word that /sys/kernel/mm/transparent_hugepage/enabled showed in brackets: always, madvise or never.</summary>
    public string? TransparentHugePages { get; init; }

    /// <summary>True if transparent huge pages were switched off for the recorded processes (prctl PR_SET_THP_DISABLE).</summary>
    public bool? HugePagesDisabledForProgram { get; init; }
}
