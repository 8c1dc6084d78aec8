using System.CommandLine;
using System.Globalization;
using MmuNotifiers.Cli.Infrastructure;
using MmuNotifiers.Lab.Conformance;
using Spectre.Console;

namespace MmuNotifiers.Cli.Commands;

/// <summary><c>mmun conform FILE</c>: runs cases that a Linux kernel has judged. Exits with 1 if one ends otherwise here.</summary>
internal static class ConformCommand
{
    public static Command Create(CommandConsole console)
    {
        Argument<string> file = InputArgument.Create("The cases (.jsonl, docs/conformance.md).");
        Option<bool> secondary = new("--secondary")
        {
            Description = "Repeat every read and write of the CPU through each secondary MMU; it must end the same.",
        };
        Option<bool> json = CommonOptions.CreateJson();
        Command command = new("conform", "Run cases that a Linux kernel has judged.") { file, secondary, json };
        command.Run(console, parsed =>
        {
            IReadOnlyList<ConformanceCase> cases = Read(parsed.GetRequiredValue(file));
            ConformanceDevices devices = parsed.GetValue(secondary) ? ConformanceDevices.EveryAccess : ConformanceDevices.OwnOperations;
            ConformanceReport report = new ConformanceRunner(devices).Run(cases);
            if (parsed.GetValue(json))
            {
                console.WriteJson(report, CliJsonContext.Default.ConformanceReport);
            }
            else
            {
                Show(console, report);
            }

            return report.Failed == 0 ? ExitCode.Fine : ExitCode.Violation;
        });
        return command;
    }

    private static IReadOnlyList<ConformanceCase> Read(string path)
    {
        TraceInput.RequireFile(path);
        try
        {
            return ConformanceReader.ReadFile(path);
        }
        catch (ConformanceFormatException problem)
        {
            throw new CommandException(ExitCode.BadInput, problem.Message, problem);
        }
    }

    /// <summary>One line for each case that failed, however long it is.</summary>
    private static void Show(CommandConsole console, ConformanceReport report)
    {
        foreach (ConformanceResult result in report.Cases.Where(result => !result.Passed))
        {
            console.Answers.Write(new Text("failed", new Style(Color.Red)));
            console.WriteLine($" {result.Name}: {result.Message.ReplaceLineEndings(" ")}");
        }

        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Passed:N0} cases passed, {report.Failed:N0} failed"));
    }
}
