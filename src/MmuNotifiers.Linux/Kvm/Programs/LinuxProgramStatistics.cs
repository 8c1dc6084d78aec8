namespace MmuNotifiers.Linux.Kvm.Programs;

/// <summary>What a program did, as its monitor saw it.</summary>
public sealed record LinuxProgramStatistics
{
    /// <summary>How often its processor left the guest.</summary>
    public long Exits { get; init; }

    /// <summary>Of these, its system calls.</summary>
    public long SystemCalls { get; init; }

    /// <summary>Of these, page faults that gave pages of its memory to it. Faults that brought pages in are not among them: those the kernel serves.</summary>
    public long PageFaults { get; init; }

    /// <summary>How often translations had to be forgotten because rights were taken away or pages moved.</summary>
    public long ForgottenTranslations { get; init; }

    /// <summary>Pages of memory that it had at most.</summary>
    public long PeakPages { get; init; }

    /// <summary>The time from its start to its end.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>The processor time, that of its monitor included.</summary>
    public TimeSpan ProcessorTime { get; init; }

    /// <summary>Its system calls by name, the most frequent first.</summary>
    public IReadOnlyList<SystemCallCount> Calls { get; init; } = [];

    /// <summary>The system calls that answered ENOSYS because this monitor does not serve them, by name.</summary>
    public IReadOnlyList<SystemCallCount> UnservedCalls { get; init; } = [];
}
