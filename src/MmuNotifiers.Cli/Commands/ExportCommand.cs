using System.CommandLine;
using MmuNotifiers.Cli.Infrastructure;
using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Cli.Commands;

/// <summary><c>mmun export FILE</c>: a trace as JSON lines (docs/trace-format.md), on standard output or into a file.</summary>
internal static class ExportCommand
{
    public static Command Create(CommandConsole console)
    {
        Argument<string> file = TraceInput.CreateArgument();
        Option<string?> output = new("--output", "-o")
        {
            Description = "The file to make or to replace; standard output without it.",
            HelpName = "FILE",
        };
        Option<bool> json = CommonOptions.CreateJson();
        json.Description = "Without effect: the export is JSON, an object a line.";
        Command command = new("export", "Write a trace as JSON lines.") { file, output, json };
        command.Run(console, parsed =>
        {
            using TraceReader reader = TraceInput.Open(parsed.GetRequiredValue(file));
            if (parsed.GetValue(output) is { } path)
            {
                ToFile(reader, OutputFile.Require(path));
            }
            else
            {
                using Stream stream = console.OpenOutput();
                TraceJsonLines.Export(reader, stream);
            }

            return ExitCode.Fine;
        });
        return command;
    }

    /// <summary>Writes beside the target and renames at the end, so that no half of an export stands under its name.</summary>
    private static void ToFile(TraceReader reader, string path)
    {
        string partial = $"{path}.{Environment.ProcessId}.partial";
        try
        {
            FileStream stream = OutputFile.Guard(path, () => new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None));
            using (stream)
            {
                TraceJsonLines.Export(reader, stream);
            }

            OutputFile.Guard(path, () => File.Move(partial, path, overwrite: true));
        }
        finally
        {
            File.Delete(partial);
        }
    }
}
