using System.CommandLine;
using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Cli.Infrastructure;

/// <summary>Runs the body of a command and turns what went wrong into one line on standard error and an exit code.</summary>
internal static class CommandBody
{
    /// <summary>Gives a command its body.</summary>
    public static void Run(this Command command, CommandConsole console, Func<ParseResult, ExitCode> body) =>
        command.SetAction(parsed => (int)Guard(console, () => body(parsed)));

    private static ExitCode Guard(CommandConsole console, Func<ExitCode> body)
    {
        try
        {
            return body();
        }
        catch (TraceFormatException problem)
        {
            console.WriteError(problem.Message);
            return ExitCode.BadInput;
        }
        catch (CommandException problem)
        {
            console.WriteError(problem.Message);
            return problem.Code;
        }
        catch (OperationCanceledException)
        {
            console.WriteError("stopped");
            return ExitCode.Cancelled;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            console.WriteError(problem.Message);
            return ExitCode.BadInput;
        }
    }
}
