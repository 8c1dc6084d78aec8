namespace MmuNotifiers.Cli.Infrastructure;

/// <summary>A command ends with a message of one line.</summary>
internal sealed class CommandException : Exception
{
    /// <summary>Ends a command.</summary>
    /// <param name="code">The exit code.</param>
    /// <param name="message">One line: which file or option, what was found and what was expected.</param>
    /// <param name="inner">What caused it.</param>
    public CommandException(ExitCode code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    /// <summary>The exit code.</summary>
    public ExitCode Code { get; }
}
