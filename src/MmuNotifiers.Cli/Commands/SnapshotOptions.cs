using System.CommandLine;
using MmuNotifiers.Cli.Infrastructure;

namespace MmuNotifiers.Cli.Commands;

/// <summary>The options of a replay that say what is saved on the way.</summary>
internal sealed class SnapshotOptions
{
    private readonly Option<string> _file = new("--snapshot")
    {
        Description = "Save an address space to this file on the way, and compare it with what it must be at the end.",
        HelpName = "FILE",
    };

    private readonly Option<string> _moment = new("--snapshot-at")
    {
        Description = "Behind how many events of the recording, or which part of them (50%); without it before the process ends.",
        HelpName = "N|P%",
    };

    private readonly Option<int?> _process = new("--snapshot-process")
    {
        Description = "Whose address space: the number of a process; without it the one with the most events.",
        HelpName = "ID",
    };

    /// <summary>Gives the options to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Add(_file);
        command.Add(_moment);
        command.Add(_process);
    }

    /// <summary>Reads them.</summary>
    /// <returns>Null if nothing is to be saved.</returns>
    /// <exception cref="CommandException">They make no sense, or the file cannot be.</exception>
    public SnapshotMomentChoice? Parse(ParseResult parsed)
    {
        string? file = parsed.GetValue(_file);
        string? moment = parsed.GetValue(_moment);
        int? process = parsed.GetValue(_process);
        if (file is null)
        {
            return moment is null && process is null
                ? null
                : throw new CommandException(ExitCode.WrongUse, $"{(moment is null ? _process.Name : _moment.Name)}: nothing is saved without {_file.Name} FILE");
        }

        return SnapshotMomentChoice.Parse(OutputFile.Require(file), moment, process);
    }
}
