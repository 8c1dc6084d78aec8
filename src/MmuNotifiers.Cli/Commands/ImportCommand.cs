using System.CommandLine;
using MmuNotifiers.Cli.Infrastructure;
using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Cli.Commands;

/// <summary><c>mmun import FILE -o OUT</c>: makes a trace of the text of <c>perf script</c> or of <c>strace -f</c>.</summary>
internal static class ImportCommand
{
    public static Command Create(CommandConsole console)
    {
        Argument<string> file = InputArgument.Create("The text of perf script or of strace -f.");
        Option<string> output = CommonOptions.CreateOutput();
        Option<int> touchLimit = new("--touch-limit")
        {
            Description = "For a text with system calls only: touch at most so many pages of a new mapping.",
            HelpName = "PAGES",
            DefaultValueFactory = _ => new TraceImportOptions().TouchLimitPages,
        };
        Option<bool> json = CommonOptions.CreateJson();
        Command command = new("import", "Make a trace of the text of perf script or strace.") { file, output, touchLimit, json };
        command.Run(console, parsed =>
        {
            string path = OutputFile.Require(parsed.GetRequiredValue(output));
            int pages = parsed.GetValue(touchLimit);
            if (pages < 0)
            {
                throw new CommandException(ExitCode.WrongUse, $"--touch-limit {pages}: expected a number of pages from 0");
            }

            TraceImportResult import = Import(parsed.GetRequiredValue(file), path, pages);
            ConversionAnswer answer = ConversionAnswer.Of(path, import, programExitCode: null);
            if (parsed.GetValue(json))
            {
                console.WriteJson(answer, CliJsonContext.Default.ConversionAnswer);
                return ExitCode.Fine;
            }

            foreach (string line in answer.ToLines())
            {
                console.WriteError(line);
            }

            return ExitCode.Fine;
        });
        return command;
    }

    private static TraceImportResult Import(string input, string output, int touchLimitPages)
    {
        TraceInput.RequireFile(input);
        using StreamReader text = new(input);
        return OutputFile.Guard(
            output, () => TraceImporter.Import(text, input, output, new TraceImportOptions { TouchLimitPages = touchLimitPages }));
    }
}
