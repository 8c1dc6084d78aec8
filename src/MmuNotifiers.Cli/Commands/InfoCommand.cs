using System.CommandLine;
using System.Globalization;
using MmuNotifiers.Cli.Infrastructure;
using MmuNotifiers.Lab.Replacement;
using MmuNotifiers.Lab.Traces;
using Spectre.Console;

namespace MmuNotifiers.Cli.Commands;

/// <summary><c>mmun info FILE</c>: where a trace comes from and how much it holds. Every byte is checked against its hash.</summary>
internal static class InfoCommand
{
    public static Command Create(CommandConsole console)
    {
        Argument<string> file = TraceInput.CreateArgument();
        Option<bool> json = CommonOptions.CreateJson();
        Command command = new("info", "Show where a trace comes from and how much it holds.") { file, json };
        command.Run(console, parsed =>
        {
            InfoAnswer answer = Read(parsed.GetRequiredValue(file));
            if (parsed.GetValue(json))
            {
                console.WriteJson(answer, CliJsonContext.Default.InfoAnswer);
            }
            else
            {
                Show(console.Answers, answer);
            }

            return ExitCode.Fine;
        });
        return command;
    }

    private static InfoAnswer Read(string path)
    {
        TraceInput.RequireFile(path);
        (TraceHeader header, TraceFooter footer) = TraceReader.ReadSummary(path);
        InfoAnswer answer = new(path, new FileInfo(path).Length, header, footer);
        if (footer.Accesses == 0)
        {
            return answer;
        }

        using TraceReader reader = TraceInput.Open(path);
        PageReferences references = PageReferences.Load(reader);
        return answer with { AccessedPages = references.Pages, PeakPages = references.PeakPages };
    }

    private static void Show(IAnsiConsole console, InfoAnswer answer)
    {
        Grid grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
        TraceHeader header = answer.Header;
        TraceFooter footer = answer.Footer;
        Add(grid, "Trace", $"{answer.File}, {Number(answer.LengthBytes)} bytes, complete and unharmed");
        Add(grid, "Command", header.Command.IsEmpty ? null : string.Join(' ', header.Command));
        Add(grid, "Origin", header.Recorder is null ? header.Origin.ToString() : $"{header.Origin}, {header.Recorder}");
        Add(grid, "Recorded", header.RecordedAt?.ToString("u", CultureInfo.InvariantCulture));
        Add(grid, "Host", Join(header.Host.Kernel, header.Host.Architecture, header.Host.Processors is { } cpus ? $"{cpus} CPUs" : null));
        Add(grid, "Touches", header.TouchRule);
        Add(grid, "Events", $"{Number(footer.Events)}: {Number(footer.SystemCalls)} system calls, {Number(footer.PageFaults)} page faults");
        Add(grid, "Accesses", answer is { AccessedPages: { } pages, PeakPages: { } peak }
            ? $"{Number(footer.Accesses)} to {Number(pages)} pages, at most {Number(peak)} at one time"
            : null);
        Add(grid, "Lost", $"{footer.LostEvents.ToString("N0", CultureInfo.InvariantCulture)} events");
        Add(grid, "Of", $"{Number(footer.Processes)} processes with {Number(footer.Threads)} threads");
        Add(grid, "Duration", $"{footer.DurationNanoseconds / 1e9:F3} s");
        foreach (string note in header.Notes)
        {
            Add(grid, "Note", note);
        }

        console.Write(grid);
    }

    private static void Add(Grid grid, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            grid.AddRow(new Text(name), new Text(value));
        }
    }

    private static string Join(params string?[] parts) => string.Join(", ", parts.Where(part => !string.IsNullOrEmpty(part)));

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
