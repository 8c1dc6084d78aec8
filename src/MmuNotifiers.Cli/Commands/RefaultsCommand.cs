using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using MmuNotifiers.Cli.Infrastructure;
using MmuNotifiers.Cli.Rendering;
using MmuNotifiers.Lab.Replacement;
using MmuNotifiers.Lab.Traces;
using Spectre.Console;

namespace MmuNotifiers.Cli.Commands;

/// <summary><c>mmun refaults FILE</c>: how often pages would come back under Belady's optimum, exact LRU and the policy of reclaim.</summary>
internal static class RefaultsCommand
{
    public static Command Create(CommandConsole console)
    {
        Argument<string> file = InputArgument.Create("A trace with every access (.mmtrace), made by mmun import of lackey's text.");
        Option<string> frames = new("--frames")
        {
            Description = "How many pages fit: numbers of pages, or parts of the recording's peak, with commas.",
            HelpName = "N|P%,...",
            DefaultValueFactory = _ => "50%,25%,10%",
        };
        Option<bool> json = CommonOptions.CreateJson();
        Command command = new("refaults", "Count the refaults of Belady's optimum, exact LRU and the policy of reclaim over recorded accesses.") { file, frames, json };
        command.Run(console, parsed =>
        {
            string path = parsed.GetRequiredValue(file);
            string[] limits = parsed.GetRequiredValue(frames).Split(',', StringSplitOptions.TrimEntries);
            RefaultsAnswer answer = Count(console, path, limits);
            if (parsed.GetValue(json))
            {
                console.WriteJson(answer, CliJsonContext.Default.RefaultsAnswer);
            }
            else
            {
                Show(console.Answers, answer);
            }

            return ExitCode.Fine;
        });
        return command;
    }

    private static RefaultsAnswer Count(CommandConsole console, string path, string[] limits)
    {
        using TraceReader reader = TraceInput.Open(path);
        PageReferences references = PageReferences.Load(reader, console.Cancelled);
        if (references.Accesses == 0)
        {
            throw new CommandException(ExitCode.BadInput, $"{path}: expected a trace with every access, this one has none: only page faults or system calls");
        }

        int[] frames = [.. limits.Select(limit => Parse(limit, references.PeakPages))];
        ImmutableArray<RefaultCounts>.Builder counts = ImmutableArray.CreateBuilder<RefaultCounts>(frames.Length);
        foreach (int count in frames)
        {
            console.Cancelled.ThrowIfCancellationRequested();
            counts.Add(RefaultCounts.Of(references, count));
        }

        return new RefaultsAnswer(path, references.Accesses, references.Pages, references.PeakPages, counts.MoveToImmutable());
    }

    private static int Parse(string limit, int peakPages)
    {
        bool isPart = limit.EndsWith('%');
        bool isNumber = double.TryParse(isPart ? limit[..^1] : limit, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number);
        double pages = isPart ? Math.Floor(number * peakPages / 100) : number;
        return isNumber && pages is >= 1 and <= int.MaxValue && (isPart || double.IsInteger(number))
            ? (int)pages
            : throw new CommandException(ExitCode.WrongUse, $"--frames {limit}: expected a number of pages, or a part of the recording's peak of {peakPages} pages such as 50%");
    }

    private static void Show(IAnsiConsole console, RefaultsAnswer answer)
    {
        console.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"{Path.GetFileName(answer.File)}: {answer.Accesses:N0} accesses to {answer.Pages:N0} pages, at most {answer.PeakPages:N0} at one time");
        console.WriteLine();
        Table table = Tables.New("Frames", "Peak", "Optimum", "LRU", "Reclaim", "LRU/opt", "Reclaim/opt", "Reclaim/LRU");
        foreach (RefaultCounts counts in answer.Counts)
        {
            Tables.AddRow(
                table,
                Tables.Number(counts.Frames),
                string.Create(CultureInfo.InvariantCulture, $"{counts.PeakPercent:F1} %"),
                Tables.Number(counts.Optimum),
                Tables.Number(counts.LeastRecentlyUsed),
                Tables.Number(counts.Reclaim),
                Ratio(counts.LeastRecentlyUsedRatio),
                Ratio(counts.ReclaimRatio),
                Ratio(counts.LeastRecentlyUsed == 0 ? null : (double)counts.Reclaim / counts.LeastRecentlyUsed));
        }

        console.Write(table);
    }

    private static string Ratio(double? ratio) => ratio is { } number ? number.ToString("F2", CultureInfo.InvariantCulture) : "-";
}
