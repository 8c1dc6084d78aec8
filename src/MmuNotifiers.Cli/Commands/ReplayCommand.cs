using System.Collections.Immutable;
using System.CommandLine;
using MmuNotifiers.Cli.Infrastructure;
using MmuNotifiers.Cli.Rendering;
using MmuNotifiers.Lab.Replay;
using MmuNotifiers.Lab.Reports;
using MmuNotifiers.Lab.Traces;
using MmuNotifiers.Secondary.Rdma;

namespace MmuNotifiers.Cli.Commands;

/// <summary><c>mmun replay FILE</c>: performs a recording again with secondary MMUs attached, and checks every access.</summary>
internal static class ReplayCommand
{
    private const double HighestRate = 1000;

    public static Command Create(CommandConsole console)
    {
        Argument<string> file = TraceInput.CreateArgument();
        Option<string> secondary = new("--secondary", "-s")
        {
            Description = $"The secondary MMUs to attach to each address space: {SecondaryOption.Known}, several with commas, or none.",
            HelpName = "LIST",
            DefaultValueFactory = _ => "tlb,shadow",
        };
        Option<double> rate = new("--device-rate", "-r")
        {
            Description = "Device accesses for each operation of the program, through each secondary (0 to 1000).",
            HelpName = "R",
            DefaultValueFactory = _ => 1,
        };
        Option<ulong> seed = new("--seed")
        {
            Description = "The seed of the device traffic.",
            HelpName = "N",
            DefaultValueFactory = _ => 1,
        };
        Option<bool> threads = new("--threads")
        {
            Description = "Let the devices run on threads of their own, at the same time as the program.",
        };
        Option<bool> noPrefetch = new("--no-prefetch")
        {
            Description = "Let the network card fault for each page, whatever the program loads.",
        };
        Option<bool> compareCost = new("--compare-cost")
        {
            Description = "Replay once more with nothing attached, and show what that costs.",
        };
        Option<string> frames = new("--frames")
        {
            Description = "Give the programs so few frames: a number of pages, or a part of the recording's peak.",
            HelpName = "N|P%",
        };
        Option<string> swap = new("--swap")
        {
            Description = $"Where pages go that do not fit; without it a temporary file. {string.Join("; ", SwapStoreOption.Usage)}.",
            HelpName = "STORE",
        };
        SnapshotOptions snapshot = new();
        Option<bool> all = new("--all") { Description = "Show a row for each process, however many there are." };
        Option<bool> json = CommonOptions.CreateJson();
        Command command = new("replay", "Replay a recording with secondary MMUs attached and check every access.")
        {
            file, secondary, rate, seed, threads, noPrefetch, compareCost, frames, swap,
        };
        snapshot.AddTo(command);
        command.Add(all);
        command.Add(json);
        command.Run(console, parsed =>
        {
            ReplayOptions options = new()
            {
                Secondaries = ParseSecondaries(parsed.GetRequiredValue(secondary)),
                DeviceRate = ParseRate(parsed.GetValue(rate)),
                Seed = parsed.GetValue(seed),
                Prefetch = parsed.GetValue(noPrefetch) ? PrefetchPolicy.Off : PrefetchPolicy.OnUpdate,
                Devices = parsed.GetValue(threads) ? DeviceMode.Concurrent : DeviceMode.Interleaved,
            };
            ReplayMemory memory = ReplayMemory.Parse(parsed.GetValue(frames), parsed.GetValue(swap));
            SnapshotMomentChoice? moment = snapshot.Parse(parsed);
            ReplayReport report = Replay(console, parsed.GetRequiredValue(file), options, memory, moment, parsed.GetValue(compareCost));
            if (parsed.GetValue(json))
            {
                console.WriteJson(report, CliJsonContext.Default.ReplayReport);
            }
            else
            {
                new ReplayReportView(console.Answers, report).Write(parsed.GetValue(all));
            }

            return report.Verdict switch
            {
                ReplayVerdict.Fine => ExitCode.Fine,
                ReplayVerdict.Violation => ExitCode.Violation,
                _ => ExitCode.Inconclusive,
            };
        });
        return command;
    }

    private static ReplayReport Replay(
        CommandConsole console, string path, ReplayOptions options, ReplayMemory memory, SnapshotMomentChoice? moment, bool compareCost)
    {
        using TraceReader reader = TraceInput.Open(path);
        ReplayScript script = ReplayScript.Load(reader, console.Cancelled);
        options = options with { Snapshot = moment?.In(script) };
        TraceReplay.WarmUp(script, options, console.Cancelled);
        ReplayReport report = memory.Limit(console, script, options, limited => ProgressBar.Show(
            console, $"replaying {script.Program}", progress => SnapshotMomentChoice.Guard(
                limited.Snapshot, () => TraceReplay.Run(script, limited, progress, console.Cancelled))));
        if (!compareCost)
        {
            return report;
        }

        double bare = TraceReplay.MeasureBare(script, options, console.Cancelled);
        return report with { Cost = report.Cost with { BareNsPerOperation = bare } };
    }

    private static ImmutableArray<SecondaryKind> ParseSecondaries(string list)
    {
        if (list is "none" or "")
        {
            return [];
        }

        string[] names = list.Split(',', StringSplitOptions.TrimEntries);
        SecondaryKind[] kinds = [.. names.Select(ParseSecondary)];
        return kinds.Distinct().Count() == kinds.Length
            ? [.. kinds]
            : throw new CommandException(ExitCode.WrongUse, $"--secondary {list}: each secondary once");
    }

    private static SecondaryKind ParseSecondary(string name) => SecondaryOption.Find(name)
        ?? throw new CommandException(ExitCode.WrongUse, $"--secondary {name}: expected {SecondaryOption.Known} or none");

    private static double ParseRate(double rate) => rate is >= 0 and <= HighestRate
        ? rate
        : throw new CommandException(ExitCode.WrongUse, $"--device-rate {rate}: expected a number from 0 to {HighestRate}");
}
