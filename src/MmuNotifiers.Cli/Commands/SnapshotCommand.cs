using System.CommandLine;
using System.Globalization;
using MmuNotifiers.Cli.Infrastructure;
using MmuNotifiers.Cli.Rendering;
using MmuNotifiers.Primary;
using Spectre.Console;

namespace MmuNotifiers.Cli.Commands;

/// <summary><c>mmun snapshot info|verify FILE</c>: what a saved address space holds, and whether every page is what was saved.</summary>
internal static class SnapshotCommand
{
    /// <summary>How many areas the table shows.</summary>
    private const int ShownAreas = 40;

    public static Command Create(CommandConsole console) =>
        new("snapshot", "Look into saved address spaces.") { CreateInfo(console), CreateVerify(console) };

    private static Command CreateInfo(CommandConsole console)
    {
        Argument<string> file = InputArgument.Create("The snapshot.");
        Option<bool> json = CommonOptions.CreateJson();
        Command command = new("info", "Show what a snapshot holds, and compare every page with its checksum.") { file, json };
        command.Run(console, parsed =>
        {
            SnapshotInfoAnswer answer = Read(console, parsed.GetRequiredValue(file));
            if (parsed.GetValue(json))
            {
                console.WriteJson(answer, CliJsonContext.Default.SnapshotInfoAnswer);
            }
            else
            {
                Show(console, answer);
            }

            return answer.Problems.Count == 0 ? ExitCode.Fine : ExitCode.BadInput;
        });
        return command;
    }

    private static Command CreateVerify(CommandConsole console)
    {
        Argument<string> file = InputArgument.Create("The snapshot.");
        Option<bool> json = CommonOptions.CreateJson();
        Command command = new("verify", "Compare every page of a snapshot with its checksum, and say what is wrong.") { file, json };
        command.Run(console, parsed =>
        {
            SnapshotInfoAnswer answer = Read(console, parsed.GetRequiredValue(file));
            if (parsed.GetValue(json))
            {
                console.WriteJson(
                    new SnapshotVerifyAnswer(answer.File, answer.LengthBytes, answer.StoredPages, answer.Problems), CliJsonContext.Default.SnapshotVerifyAnswer);
            }
            else
            {
                ShowProblems(console, answer, int.MaxValue);
            }

            return answer.Problems.Count == 0 ? ExitCode.Fine : ExitCode.BadInput;
        });
        return command;
    }

    private static SnapshotInfoAnswer Read(CommandConsole console, string path)
    {
        TraceInput.RequireFile(path);
        try
        {
            using Snapshot snapshot = Snapshot.Open(path);
            IReadOnlyList<string> problems = ProgressBar.ShowVerifying(
                console, progress => snapshot.Verify(progress, console.Cancelled));
            return new SnapshotInfoAnswer(
                path,
                snapshot.Summary.FileBytes,
                snapshot.Id,
                snapshot.SavedAt,
                snapshot.Summary.MappedPages,
                snapshot.Summary.StoredPages,
                [.. snapshot.Areas.Select(Describe)],
                problems);
        }
        catch (SnapshotFormatException problem)
        {
            throw new CommandException(ExitCode.BadInput, problem.Message, problem);
        }
    }

    private static SnapshotAreaAnswer Describe(SnapshotArea area) => new(
        Hexadecimal(area.Range.Start),
        Hexadecimal(area.Range.End),
        $"{Letter(area, AccessRights.Read, 'r')}{Letter(area, AccessRights.Write, 'w')}{Letter(area, AccessRights.Execute, 'x')}"
            + ((area.Kind & AreaKinds.Shared) != 0 ? 's' : 'p'),
        (area.Kind & ~AreaKinds.Shared).ToString(),
        area.Range.Pages,
        area.StoredPages,
        area.File);

    private static void Show(CommandConsole console, SnapshotInfoAnswer answer)
    {
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{answer.File}: {answer.Areas.Count} areas of {answer.MappedPages:N0} pages, {answer.StoredPages:N0} of them stored, in {answer.LengthBytes:N0} bytes, saved {answer.SavedAt:u}"));
        Table table = Tables.New("addresses", "rights", "pages", "stored", "what");
        foreach (SnapshotAreaAnswer area in answer.Areas.Take(ShownAreas))
        {
            string what = area.MappedFile ?? (area.Kind == nameof(AreaKinds.None) ? string.Empty : area.Kind);
            Tables.AddRow(table, $"{area.Start}-{area.End}", area.Rights, Tables.Number((long)area.Pages), Tables.Number((long)area.StoredPages), what);
        }

        console.Answers.Write(table);
        if (answer.Areas.Count > ShownAreas)
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"and {answer.Areas.Count - ShownAreas:N0} more; --json shows all"));
        }

        ShowProblems(console, answer, ShownAreas);
    }

    private static void ShowProblems(CommandConsole console, SnapshotInfoAnswer answer, int shown)
    {
        console.WriteLine(answer.Problems.Count == 0
            ? string.Create(CultureInfo.InvariantCulture, $"every one of {answer.StoredPages:N0} pages has the right checksum")
            : string.Create(CultureInfo.InvariantCulture, $"{answer.Problems.Count:N0} of {answer.StoredPages:N0} pages are corrupt:"));
        foreach (string problem in answer.Problems.Take(shown))
        {
            console.WriteLine(problem);
        }
    }

    private static char Letter(SnapshotArea area, AccessRights right, char letter) => (area.Rights & right) != 0 ? letter : '-';

    private static string Hexadecimal(VirtualAddress address) => address.Value.ToString("x", CultureInfo.InvariantCulture);
}
