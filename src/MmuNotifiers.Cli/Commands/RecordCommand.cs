using System.CommandLine;
using MmuNotifiers.Cli.Infrastructure;
using MmuNotifiers.Cli.Recording;
using MmuNotifiers.Linux;
using MmuNotifiers.Linux.Recording;

namespace MmuNotifiers.Cli.Commands;

/// <summary><c>mmun record -o FILE -- COMMAND...</c>: runs a program under perf and keeps what it does to its address space.</summary>
internal static class RecordCommand
{
    public static Command Create(CommandConsole console)
    {
        Argument<string[]> words = new("COMMAND")
        {
            Description = "The program and its arguments, behind --.",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string> output = CommonOptions.CreateOutput();
        Option<string[]> note = new("--note")
        {
            Description = "A sentence for the head of the trace; may be given several times.",
            HelpName = "TEXT",
        };
        Option<bool> keepHugePages = new("--keep-huge-pages")
        {
            Description = "Leave transparent huge pages as the host has them; faults then are fewer and differ.",
        };
        Option<bool> json = CommonOptions.CreateJson();
        Command command = new("record", "Record the page faults and memory calls of a program (Linux, perf).")
        {
            words, output, note, keepHugePages, json,
        };
        command.Run(console, parsed =>
        {
            string path = OutputFile.Require(parsed.GetRequiredValue(output));
            if (HostCapabilities.Recording.Reason is { } reason)
            {
                throw new CommandException(ExitCode.HostLacks, reason);
            }

            RecordingOptions options = new(parsed.GetRequiredValue(words)) { KeepHugePages = parsed.GetValue(keepHugePages) };
            RecordingOutcome outcome = OutputFile.Guard(
                path, () => RecordingPipeline.Record(options, path, parsed.GetValue(note) ?? [], console.Cancelled));
            return Answer(console, path, outcome, parsed.GetValue(json));
        });
        return command;
    }

    private static ExitCode Answer(CommandConsole console, string path, RecordingOutcome outcome, bool asJson)
    {
        if (outcome.Import is not { } import)
        {
            throw new CommandException(ExitCode.BadInput, outcome.Problem!);
        }

        ConversionAnswer answer = ConversionAnswer.Of(path, import, outcome.ProgramExitCode);
        if (asJson)
        {
            console.WriteJson(answer, CliJsonContext.Default.ConversionAnswer);
        }
        else
        {
            foreach (string line in answer.ToLines())
            {
                console.WriteError(line);
            }
        }

        if (outcome.Problem is not null)
        {
            console.WriteError(outcome.Problem);
        }

        return outcome.Problem is null && answer.Footer.LostEvents == 0 ? ExitCode.Fine : ExitCode.Inconclusive;
    }
}
