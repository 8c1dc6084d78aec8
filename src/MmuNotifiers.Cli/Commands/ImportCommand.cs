using System.CommandLine;
using System.Text;
using MmuNotifiers.Cli.Infrastructure;
using MmuNotifiers.Cli.Rendering;
using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Cli.Commands;

/// <summary><c>mmun import FILE -o OUT</c>: makes a trace of the text of <c>perf script</c>, of <c>strace -f</c> or of valgrind's lackey.</summary>
internal static class ImportCommand
{
    private const int BufferBytes = 1 << 16;

    public static Command Create(CommandConsole console)
    {
        Argument<string> file = InputArgument.CreateOrStandardInput("The text of perf script, of strace -f, or of valgrind's lackey; - for standard input.");
        Option<string> output = CommonOptions.CreateOutput();
        Option<int> touchLimit = new("--touch-limit")
        {
            Description = "For a text with system calls only: touch at most so many pages of a new mapping.",
            HelpName = "PAGES",
            DefaultValueFactory = _ => new TraceImportOptions().TouchLimitPages,
        };
        Option<int> window = new("--window")
        {
            Description = "For a text with every access: leave out accesses that make no difference to memories of so many frames or more.",
            HelpName = "PAGES",
            DefaultValueFactory = _ => new TraceImportOptions().WindowPages,
        };
        Option<bool> json = CommonOptions.CreateJson();
        Command command = new("import", "Make a trace of the text of perf script, strace or lackey.") { file, output, touchLimit, window, json };
        command.Run(console, parsed =>
        {
            string path = OutputFile.Require(parsed.GetRequiredValue(output));
            int pages = parsed.GetValue(touchLimit);
            if (pages < 0)
            {
                throw new CommandException(ExitCode.WrongUse, $"--touch-limit {pages}: expected a number of pages from 0");
            }

            int windowPages = parsed.GetValue(window);
            if (windowPages is < 1 or > 65_536)
            {
                throw new CommandException(ExitCode.WrongUse, $"--window {windowPages}: expected a number of pages from 1 to 65536");
            }

            var options = new TraceImportOptions { TouchLimitPages = pages, WindowPages = windowPages };
            TraceImportResult import = LineProgress.Show(
                console, "importing", progress => Import(parsed.GetRequiredValue(file), path, options with { Progress = progress }));
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

    private static TraceImportResult Import(string input, string output, TraceImportOptions options)
    {
        if (input == InputArgument.StandardInput)
        {
            using StreamReader piped = new(Console.OpenStandardInput(), bufferSize: BufferBytes);
            return OutputFile.Guard(output, () => TraceImporter.Import(piped, "standard input", output, options));
        }

        TraceInput.RequireFile(input);
        using StreamReader text = new(input, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, BufferBytes);
        return OutputFile.Guard(output, () => TraceImporter.Import(text, input, output, options));
    }
}
