using System.CommandLine;
using MmuNotifiers.Cli.Commands;
using MmuNotifiers.Cli.Infrastructure;

namespace MmuNotifiers.Cli;

/// <summary>The command line of mmun: its verbs, and what happens when it makes no sense.</summary>
internal static class CommandLine
{
    /// <summary>Runs one command.</summary>
    /// <param name="args">The arguments behind the command's name.</param>
    /// <param name="console">Where it reads and writes.</param>
    /// <returns>The exit code, one of <see cref="ExitCode"/>.</returns>
    public static int Run(string[] args, CommandConsole console)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(console);
        ParseResult parsed = Build(console).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            console.WriteError($"{parsed.Errors[0].Message} Try mmun --help.");
            return (int)ExitCode.WrongUse;
        }

        return parsed.Invoke(new InvocationConfiguration
        {
            Output = console.Output,
            Error = console.Error,
            EnableDefaultExceptionHandler = false,
        });
    }

    private static RootCommand Build(CommandConsole console) =>
        new("Records real programs, replays their address spaces with secondary MMUs attached, and checks every access.")
        {
            ReplayCommand.Create(console),
            CompareCommand.Create(console),
            RecordCommand.Create(console),
            ImportCommand.Create(console),
            ExportCommand.Create(console),
            InfoCommand.Create(console),
            RefaultsCommand.Create(console),
            ConformCommand.Create(console),
            FuzzCommand.Create(console),
            CheckCommand.Create(console),
            SnapshotCommand.Create(console),
            VmCommand.Create(console),
            SwapRedisCommand.Create(console),
            DoctorCommand.Create(console),
        };
}
