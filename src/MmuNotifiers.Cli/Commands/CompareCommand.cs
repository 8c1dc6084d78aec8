using System.Collections.Immutable;
using System.CommandLine;
using MmuNotifiers.Cli.Infrastructure;
using MmuNotifiers.Cli.Rendering;
using MmuNotifiers.Cli.Rendering.Comparison;
using MmuNotifiers.Lab.Comparison;
using MmuNotifiers.Lab.Replay;
using MmuNotifiers.Lab.Reports;
using MmuNotifiers.Lab.Traces;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Cli.Commands;

/// <summary><c>mmun compare TRACE...</c>: replays recordings under every attachment and puts what each costs side by side.</summary>
internal static class CompareCommand
{
    private const double HighestRate = 1000;
    private const int MostRounds = 99;

    private static string KnownAttachments { get; } = string.Join(", ", TraceComparison.Attachments.Select(TraceComparison.NameOf));

    public static Command Create(CommandConsole console)
    {
        Argument<string[]> traces = InputArgument.CreateSeveral("TRACE", "The traces (.mmtrace).");
        Option<string> attachment = new("--attachment", "-a")
        {
            Description = $"The attachments to compare, with commas: {KnownAttachments}.",
            HelpName = "LIST",
            DefaultValueFactory = _ => "all",
        };
        Option<string> secondary = new("--secondary", "-s")
        {
            Description = $"The secondary MMUs to compare them for, with commas: {SecondaryOption.Known}.",
            HelpName = "LIST",
            DefaultValueFactory = _ => "all",
        };
        Option<double> rate = new("--device-rate", "-r")
        {
            Description = "Device accesses for each operation of the program (0 to 1000).",
            HelpName = "R",
            DefaultValueFactory = _ => 1,
        };
        Option<ulong> seed = new("--seed")
        {
            Description = "The seed of the device traffic.",
            HelpName = "N",
            DefaultValueFactory = _ => 1,
        };
        Option<int> rounds = new("--rounds", "-n")
        {
            Description = $"How often each row is replayed (1 to {MostRounds}); times are the medians.",
            HelpName = "N",
            DefaultValueFactory = _ => 3,
        };
        Option<string?> html = new("--html")
        {
            Description = "Write a page with charts as well: one file, which needs no network.",
            HelpName = "FILE",
        };
        Option<bool> json = CommonOptions.CreateJson();
        Command command = new("compare", "Replay recordings under every attachment of notifiers and put the costs side by side.")
        {
            traces, attachment, secondary, rate, seed, rounds, html, json,
        };
        command.Run(console, parsed =>
        {
            ComparisonOptions options = new()
            {
                Attachments = ParseAttachments(parsed.GetRequiredValue(attachment)),
                Secondaries = ParseSecondaries(parsed.GetRequiredValue(secondary)),
                DeviceRate = parsed.GetValue(rate) is >= 0 and <= HighestRate and double chosen
                    ? chosen
                    : throw WrongUse($"--device-rate {parsed.GetValue(rate)}: expected a number from 0 to {HighestRate}"),
                Seed = parsed.GetValue(seed),
                Rounds = parsed.GetValue(rounds) is >= 1 and <= MostRounds and int often
                    ? often
                    : throw WrongUse($"--rounds {parsed.GetValue(rounds)}: expected a number from 1 to {MostRounds}"),
            };
            string? page = parsed.GetValue(html) is { } path ? OutputFile.Require(path) : null;
            ComparisonReport report = Compare(console, parsed.GetRequiredValue(traces), options);
            if (page is not null)
            {
                OutputFile.Guard(page, () => ComparisonPage.Write(page, report));
            }

            if (parsed.GetValue(json))
            {
                console.WriteJson(report, CliJsonContext.Default.ComparisonReport);
            }
            else
            {
                new ComparisonReportView(console.Answers, report).Write();
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

    private static ComparisonReport Compare(CommandConsole console, string[] paths, ComparisonOptions options)
    {
        if (paths.GroupBy(Path.GetFullPath, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw WrongUse($"{twice.First()}: each trace once");
        }

        bool namesDiffer = paths.Select(Path.GetFileNameWithoutExtension).Distinct(StringComparer.Ordinal).Count() == paths.Length;
        ComparedTrace[] traces =
            [.. paths.Select(path => new ComparedTrace(namesDiffer ? Path.GetFileNameWithoutExtension(path) : path, Load(console, path)))];
        return ProgressBar.Show(
            console, "comparing", progress => TraceComparison.Run(traces, options, progress, console.Cancelled));
    }

    private static ReplayScript Load(CommandConsole console, string path)
    {
        using TraceReader reader = TraceInput.Open(path);
        return ReplayScript.Load(reader, console.Cancelled);
    }

    private static ImmutableArray<AttachmentKind> ParseAttachments(string list) => Parse(list, "--attachment", ParseAttachment);

    private static AttachmentKind ParseAttachment(string name)
    {
        foreach (AttachmentKind kind in TraceComparison.Attachments)
        {
            if (TraceComparison.NameOf(kind) == name)
            {
                return kind;
            }
        }

        throw WrongUse($"--attachment {name}: expected all, or some of {KnownAttachments}");
    }

    private static ImmutableArray<SecondaryKind> ParseSecondaries(string list) => Parse(list, "--secondary", name =>
        SecondaryOption.Find(name) ?? throw WrongUse($"--secondary {name}: expected all, or some of {SecondaryOption.Known}"));

    private static ImmutableArray<T> Parse<T>(string list, string option, Func<string, T> parse)
    {
        if (list == "all")
        {
            return [];
        }

        T[] items = [.. list.Split(',', StringSplitOptions.TrimEntries).Select(parse)];
        return items.Distinct().Count() == items.Length ? [.. items] : throw WrongUse($"{option} {list}: each name once");
    }

    private static CommandException WrongUse(string message) => new(ExitCode.WrongUse, message);
}
