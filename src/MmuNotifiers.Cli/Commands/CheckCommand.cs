using System.Collections.Immutable;
using System.CommandLine;
using MmuNotifiers.Cli.Infrastructure;
using MmuNotifiers.Cli.Rendering;
using MmuNotifiers.Lab.Checking;
using MmuNotifiers.Lab.Checking.Catalogue;

namespace MmuNotifiers.Cli.Commands;

/// <summary>
/// <c>mmun check [NAME...]</c>: runs the catalogue of bugs through the race checker. Exits with 1 if a bug was missed or a correct twin failed.
/// </summary>
internal static class CheckCommand
{
    private const double DefaultSeconds = 30;

    public static Command Create(CommandConsole console)
    {
        Argument<string[]> names = new("NAME")
        {
            Description = "Bugs (B7) or scenarios (B7-count-only) of the catalogue; all of it if none is named.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<bool> list = new("--list") { Description = "Show what there is, and run nothing." };
        Option<string> html = new("--html") { Description = "Draw the interleaving of each bug that is found into a page.", HelpName = "FILE" };
        Option<double> seconds = new("--seconds")
        {
            Description = "After how many seconds the search of one program gives up.",
            HelpName = "N",
            DefaultValueFactory = _ => DefaultSeconds,
        };
        Option<int> jobs = new("--jobs", "-j")
        {
            Description = "How many scenarios run at the same time.",
            HelpName = "N",
            DefaultValueFactory = _ => Environment.ProcessorCount,
        };
        Option<bool> json = CommonOptions.CreateJson();
        Command command = new("check", "Find the bugs of the catalogue with the race checker.") { names, list, html, seconds, jobs, json };
        command.Run(console, parsed =>
        {
            string[] wanted = parsed.GetValue(names) ?? [];
            ImmutableArray<CatalogueEntry> entries = Select(wanted);
            if (parsed.GetValue(list))
            {
                List(console, entries, parsed.GetValue(json));
                return ExitCode.Fine;
            }

            string? page = parsed.GetValue(html) is { } file ? OutputFile.Require(file) : null;
            CatalogueReport report = Run(console, entries, OptionsOf(parsed.GetValue(seconds), parsed.GetValue(jobs)));
            if (page is not null)
            {
                OutputFile.Guard(page, () => CataloguePage.Write(page, report));
            }

            if (parsed.GetValue(json))
            {
                console.WriteJson(report, CliJsonContext.Default.CatalogueReport);
            }
            else
            {
                new CheckReportView(console.Answers, report).Write(withTimelines: wanted.Length > 0);
            }

            return report.Missed == 0 && report.TwinsFailed == 0 ? ExitCode.Fine : ExitCode.Violation;
        });
        return command;
    }

    private static ImmutableArray<CatalogueEntry> Select(string[] names)
    {
        if (names.Length == 0)
        {
            return BugCatalogue.All;
        }

        HashSet<CatalogueEntry> wanted = [.. names.SelectMany(name => Find(name))];
        return [.. BugCatalogue.All.Where(wanted.Contains)];
    }

    private static ImmutableArray<CatalogueEntry> Find(string name)
    {
        ImmutableArray<CatalogueEntry> found = BugCatalogue.Find(name);
        return found.IsEmpty
            ? throw new CommandException(
                ExitCode.WrongUse, $"{name}: there is no such scenario; there are {string.Join(", ", BugCatalogue.All.Select(entry => entry.Bug).Distinct())} (mmun check --list)")
            : found;
    }

    private static CatalogueOptions OptionsOf(double seconds, int jobs)
    {
        if (seconds is not (> 0 and <= 86_400))
        {
            throw new CommandException(ExitCode.WrongUse, $"--seconds {seconds}: expected more than 0, at most 86400");
        }

        return jobs is >= 1 and <= 1024
            ? new CatalogueOptions { MaxTime = TimeSpan.FromSeconds(seconds), Workers = jobs }
            : throw new CommandException(ExitCode.WrongUse, $"--jobs {jobs}: expected 1 to 1024");
    }

    private static CatalogueReport Run(CommandConsole console, ImmutableArray<CatalogueEntry> entries, CatalogueOptions options)
    {
        if (!RaceCheck.TryEnable())
        {
            throw new CommandException(ExitCode.HostLacks, "the process has used the library before it could be put under the race checker");
        }

        return CheckProgress.Show(
            console, entries.Length, progress => new CatalogueRunner(options).Run(entries, progress, console.Cancelled));
    }

    private static void List(CommandConsole console, ImmutableArray<CatalogueEntry> entries, bool asJson)
    {
        if (asJson)
        {
            console.WriteJson(new CheckListAnswer([.. entries.Select(CheckListItem.Of)]), CliJsonContext.Default.CheckListAnswer);
        }
        else
        {
            CheckReportView.WriteList(console.Answers, entries);
        }
    }
}
