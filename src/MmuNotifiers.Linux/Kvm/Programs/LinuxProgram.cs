using System.Diagnostics;
using System.Security.Cryptography;
using MmuNotifiers.Linux.Kvm.Programs.Files;
using MmuNotifiers.Linux.Kvm.Programs.Loading;
using MmuNotifiers.Linux.Kvm.Programs.SystemCalls;

namespace MmuNotifiers.Linux.Kvm.Programs;

/// <summary>
/// An unmodified static Linux program in a guest of its own: no kernel is in there, only the program at privilege level 3 over its memory. What it asks
/// of a kernel leaves the guest and is served here. Runs once, on one thread; the memory stays the caller's and is no longer zeroed afterwards.
/// </summary>
public sealed class LinuxProgram : IDisposable
{
    private const long MostFileBytes = 1 << 30;
    private const int UserIdCall = 102;
    private const int GroupIdCall = 104;

    /// <summary>AT_HWCAP: FPU, TSC, CX8, CMOV, MMX, FXSR, SSE, SSE2 and their like, which every x86-64 processor has.</summary>
    private const ulong HardwareFeatures = 0x078b_fbff;

    private readonly LinuxProgramOptions _options;
    private readonly GuestRoot _root;
    private readonly ProgramMachine _machine;
    private readonly ElfImage _image;
    private readonly ProgramIdentity _identity;
    private readonly VirtualAddress _stack;
    private bool _hasRun;

    private LinuxProgram(LinuxProgramOptions options, ElfImage image, GuestRoot root, ProgramMachine machine)
    {
        _options = options;
        _image = image;
        _root = root;
        _machine = machine;
        _identity = new ProgramIdentity(
            (ulong)Libc.SystemCall(UserIdCall, 0, 0, 0), (ulong)Libc.SystemCall(GroupIdCall, 0, 0, 0), HardwareFeatures,
            RandomNumberGenerator.GetBytes(16));
        _stack = ProgramLoader.TryLoad(
            machine.Space, image,
            top => ProgramStack.TryBuild(top, image, options.Path, options.Arguments, options.Environment, _identity), out string? problem);
        if (problem is not null)
        {
            throw new InvalidDataException($"{options.Path}: {problem}");
        }
    }

    /// <summary>What it did, once it has run.</summary>
    public LinuxProgramStatistics Statistics { get; private set; } = new();

    /// <summary>Loads a program into a guest over a memory that this library pages.</summary>
    /// <param name="memory">The guest's memory, not used before; it must outlive the program.</param>
    /// <param name="options">The program and what surrounds it.</param>
    /// <exception cref="InvalidDataException">The file is not a static program for x86-64 Linux, or does not fit; the message says what was expected.</exception>
    /// <exception cref="IOException">The file cannot be read, or the kernel refuses.</exception>
    public static LinuxProgram Load(PagedMemory memory, LinuxProgramOptions options)
    {
        ArgumentNullException.ThrowIfNull(memory);
        return Load(new PagedGuestMemory(memory), options);
    }

    /// <summary>As the public one, over memory of any kind.</summary>
    internal static LinuxProgram Load(IGuestMemory memory, LinuxProgramOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (new FileInfo(options.Path) is { Exists: true, Length: > MostFileBytes } tooLong)
        {
            throw new InvalidDataException($"{options.Path}: it has {tooLong.Length} bytes: expected at most {MostFileBytes}");
        }

        ElfImage image = ElfImage.TryParse(File.ReadAllBytes(options.Path), out string? problem)
            ?? throw new InvalidDataException($"{options.Path}: {problem}");
        GuestRoot root = options.Root is { } directory ? new GuestRoot(directory, "/") : new GuestRoot("/", Environment.CurrentDirectory);
        ProgramMachine? machine = null;
        try
        {
            machine = new ProgramMachine(memory);
            return new LinuxProgram(options, image, root, machine);
        }
        catch
        {
            machine?.Dispose();
            root.Dispose();
            throw;
        }
    }

    /// <summary>Runs it on the calling thread until it ends. Blocks.</summary>
    /// <param name="cancellation">Ends it as SIGINT would; a read from standard input that is under way is not ended.</param>
    /// <exception cref="InvalidOperationException">It has run.</exception>
    /// <exception cref="LinuxException">The kernel refuses to run the guest.</exception>
    public ProgramEnd Run(CancellationToken cancellation = default)
    {
        if (_hasRun)
        {
            throw new InvalidOperationException("A program runs once: its memory is what it left there.");
        }

        _hasRun = true;
        TimeSpan processorTime = ThreadClock.Read();
        long start = Stopwatch.GetTimestamp();
        ProgramSetting setting = new(_identity, Path.GetFullPath(_options.Path), _options.Input, _options.Output, _options.Error);
        using SystemCallService calls = new(_machine.Space, _root, setting, _image.HeapStart, cancellation);
        ProgramRun run = new(_machine, calls, _options.ProcessorTimeLimit, cancellation);
        try
        {
            return run.Execute(_image.Entry, _stack);
        }
        finally
        {
            Statistics = new LinuxProgramStatistics
            {
                Exits = run.Exits,
                SystemCalls = calls.Counts.Total,
                PageFaults = run.PageFaults,
                ForgottenTranslations = run.ForgottenTranslations,
                PeakPages = (long)_machine.Space.PeakPages,
                Elapsed = Stopwatch.GetElapsedTime(start),
                ProcessorTime = ThreadClock.Read() - processorTime,
                Calls = calls.Counts.Read(),
                UnservedCalls = calls.Counts.ReadUnserved(),
            };
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _machine.Dispose();
        _root.Dispose();
    }
}
