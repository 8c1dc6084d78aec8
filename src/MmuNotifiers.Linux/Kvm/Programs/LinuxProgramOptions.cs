namespace MmuNotifiers.Linux.Kvm.Programs;

/// <summary>What a <see cref="LinuxProgram"/> is given.</summary>
public sealed record LinuxProgramOptions
{
    /// <summary>The path of a static program for x86-64 Linux on the host.</summary>
    public required string Path { get; init; }

    /// <summary>Its arguments; the first is the name by which it is called, as for execve.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Its environment, each NAME=VALUE.</summary>
    public IReadOnlyList<string> Environment { get; init; } = ["PATH=/usr/bin:/bin", "HOME=/"];

    /// <summary>
    /// The directory of the host that the program sees as "/", and out of which no path leads; null for all of the host's files as this process may
    /// read them, with this process's working directory. Either way files are read only, and /proc is not there.
    /// </summary>
    public string? Root { get; init; }

    /// <summary>Standard input; the stream stays the caller's. Looks like a pipe to the program.</summary>
    public Stream Input { get; init; } = Stream.Null;

    /// <summary>Standard output; the stream stays the caller's. Looks like a pipe to the program.</summary>
    public Stream Output { get; init; } = Stream.Null;

    /// <summary>Standard error; the stream stays the caller's. Looks like a pipe to the program.</summary>
    public Stream Error { get; init; } = Stream.Null;

    /// <summary>How much processor time it gets, its system calls included, to about a tenth of a second; null for as much as it wants.</summary>
    public TimeSpan? ProcessorTimeLimit { get; init; }
}
