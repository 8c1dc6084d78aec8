using System.CommandLine;
using System.Globalization;
using MmuNotifiers.Cli.Infrastructure;
using MmuNotifiers.Linux;
using MmuNotifiers.Linux.Kvm.Programs;

namespace MmuNotifiers.Cli.Commands;

/// <summary><c>mmun vm -- PROGRAM ARGS...</c>: runs a static Linux program in a guest whose memory this software pages.</summary>
internal static class VmCommand
{
    private const string DefaultMemory = "64MiB";

    public static Command Create(CommandConsole console)
    {
        Argument<string[]> words = new("PROGRAM")
        {
            Description = "The program and its arguments, behind --: a file, or a name in PATH.",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string> memory = new("--memory")
        {
            Description = "How much memory the guest has: bytes, or a number with KiB, MiB or GiB.",
            HelpName = "SIZE",
            DefaultValueFactory = _ => DefaultMemory,
        };
        Option<string> frames = new("--frames")
        {
            Description = "Keep so few of its pages in memory: a number of pages, or a part of the guest's memory.",
            HelpName = "N|P%",
            DefaultValueFactory = _ => "100%",
        };
        Option<string> swap = new("--swap")
        {
            Description = $"Where pages go that do not fit; without it a temporary file. {string.Join("; ", SwapStoreOption.Usage)}.",
            HelpName = "STORE",
        };
        Option<string> backing = new("--backing")
        {
            Description = "What the pages are made of: anonymous or shared.",
            HelpName = "KIND",
            DefaultValueFactory = _ => "anonymous",
        };
        Option<string> root = new("--root")
        {
            Description = "The directory that the program sees as /; without it all files that you may read. Read only either way.",
            HelpName = "DIR",
        };
        Option<string[]> environment = new("--env") { Description = "A variable of its environment; may be given several times.", HelpName = "NAME=VALUE" };
        Option<double?> limit = new("--processor-time-limit") { Description = "End it after so many seconds of processor time.", HelpName = "SECONDS" };
        Option<string> stats = new("--stats")
        {
            Description = "Write what it did there when it has ended: a file, or stderr.",
            HelpName = "FILE|stderr",
        };
        Option<bool> json = new("--json") { Description = "Write --stats as JSON (docs/cli.md); without --stats to standard error." };
        Command command = new("vm", "Run a static Linux program in a guest whose memory is paged here (Linux, KVM).")
        {
            words, memory, frames, swap, backing, root, environment, limit, stats, json,
        };
        command.Run(console, parsed =>
        {
            string[] program = parsed.GetRequiredValue(words);
            VmMemory guest = VmMemory.Parse(
                parsed.GetRequiredValue(memory), parsed.GetRequiredValue(frames), parsed.GetRequiredValue(backing), parsed.GetValue(swap));
            TimeSpan? time = ParseLimit(parsed.GetValue(limit));
            VmStatistics? target = VmStatistics.Parse(parsed.GetValue(stats), parsed.GetValue(json));
            HostCapability capability = HostCapabilities.VirtualMachines;
            if (!capability.IsAvailable)
            {
                throw new CommandException(ExitCode.HostLacks, capability.Reason!);
            }

            VmProgram run = new(VmProgram.Find(program[0]), program)
            {
                Root = ParseRoot(parsed.GetValue(root)),
                Environment = ParseEnvironment(parsed.GetValue(environment) ?? []),
                ProcessorTimeLimit = time,
            };
            return guest.Run(console, memory => run.Execute(console, memory, guest, target));
        });
        return command;
    }

    private static TimeSpan? ParseLimit(double? seconds) => seconds switch
    {
        null => null,
        > 0 and < int.MaxValue => TimeSpan.FromSeconds(seconds.Value),
        _ => throw new CommandException(
            ExitCode.WrongUse, string.Create(CultureInfo.InvariantCulture, $"--processor-time-limit {seconds}: expected seconds, more than none")),
    };

    private static string? ParseRoot(string? root) => root is null || Directory.Exists(root)
        ? root
        : throw new CommandException(ExitCode.WrongUse, $"--root {root}: expected a directory");

    private static string[]? ParseEnvironment(string[] variables) =>
        variables.FirstOrDefault(variable => variable.IndexOf('=', StringComparison.Ordinal) < 1) is { } wrong
            ? throw new CommandException(ExitCode.WrongUse, $"--env {wrong}: expected NAME=VALUE")
            : variables.Length > 0 ? variables : null;
}
