using System.Runtime.ExceptionServices;
using MmuNotifiers.Cli.Infrastructure;
using MmuNotifiers.Linux;
using MmuNotifiers.Linux.Kvm.Programs;

namespace MmuNotifiers.Cli.Commands;

/// <summary>A program that runs in a guest, with this process's standard streams.</summary>
internal sealed class VmProgram(string path, IReadOnlyList<string> arguments)
{
    /// <summary>How long a program that was asked to end may take; one that waits for standard input does not notice.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>What it sees as "/"; null for all files.</summary>
    public string? Root { get; init; }

    /// <summary>Its environment; null for a small one.</summary>
    public IReadOnlyList<string>? Environment { get; init; }

    /// <summary>How much processor time it gets; null for as much as it wants.</summary>
    public TimeSpan? ProcessorTimeLimit { get; init; }

    /// <summary>Where a program lies: a word with a slash is its path, any other is looked for in PATH.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public static string Find(string name)
    {
        if (name.Contains('/', StringComparison.Ordinal))
        {
            return File.Exists(name) ? name : throw new CommandException(ExitCode.BadInput, $"{name}: no such file");
        }

        string[] directories = (System.Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':', StringSplitOptions.RemoveEmptyEntries);
        return directories.Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists)
            ?? throw new CommandException(ExitCode.BadInput, $"{name}: no such program in PATH");
    }

    /// <summary>Runs it to its end.</summary>
    /// <param name="console">Whose streams it gets, and who can end it.</param>
    /// <param name="memory">The guest's memory.</param>
    /// <param name="size">How large that is.</param>
    /// <param name="target">Where statistics go; null for nowhere.</param>
    /// <returns>Its exit code; 128 and the signal's number where a signal ended it.</returns>
    public ExitCode Execute(CommandConsole console, PagedMemory memory, VmMemory size, VmStatistics? target)
    {
        (Stream input, Stream output, Stream error) = console.OpenStandardStreams();
        LinuxProgramOptions options = new()
        {
            Path = path, Arguments = arguments, Root = Root, ProcessorTimeLimit = ProcessorTimeLimit,
            Input = input, Output = output, Error = error,
        };
        using LinuxProgram program = Load(memory, Environment is null ? options : options with { Environment = Environment });
        ProgramEnd end = RunOnOwnThread(program, console.Cancelled);
        if (end.Reason is not null)
        {
            console.WriteError($"{path}: {end.SignalName}: {end.Reason}");
        }

        target?.Write(console, VmAnswer.Of(path, end, program.Statistics, memory, size));
        return (ExitCode)end.Code;
    }

    private static LinuxProgram Load(PagedMemory memory, LinuxProgramOptions options)
    {
        try
        {
            return LinuxProgram.Load(memory, options);
        }
        catch (InvalidDataException problem)
        {
            throw new CommandException(ExitCode.BadInput, problem.Message, problem);
        }
    }

    private static ProgramEnd RunOnOwnThread(LinuxProgram program, CancellationToken cancelled)
    {
        ProgramEnd? end = null;
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                end = program.Run(cancelled);
            }
            catch (Exception problem) when (problem is IOException or InvalidOperationException)
            {
                failure = ExceptionDispatchInfo.Capture(problem);
            }
        })
        { IsBackground = true, Name = "guest" };
        thread.Start();
        while (!thread.Join(Patience) && !cancelled.IsCancellationRequested)
        {
        }

        failure?.Throw();
        return end ?? throw new OperationCanceledException(cancelled);
    }
}
