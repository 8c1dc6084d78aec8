using System.Globalization;
using MmuNotifiers.Cli.Infrastructure;
using MmuNotifiers.Lab.Replay;

namespace MmuNotifiers.Cli.Commands;

/// <summary>What a replay saves, as the command line says it.</summary>
internal sealed class SnapshotMomentChoice
{
    private const double MostPercent = 100;

    private readonly string _file;
    private readonly string? _text;
    private readonly int? _process;
    private readonly double? _percent;
    private readonly int? _events;

    private SnapshotMomentChoice(string file, string? text, int? process)
    {
        _file = file;
        _text = text;
        _process = process;
        if (text?.EndsWith('%') == true)
        {
            _percent = double.TryParse(text.AsSpan()[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double percent)
                && percent is > 0 and <= MostPercent ? percent : throw Wrong("a number of events, or a part of them such as 50%");
        }
        else if (text is not null)
        {
            _events = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int events) && events > 0
                ? events
                : throw Wrong("a number of events, or a part of them such as 50%");
        }
    }

    /// <summary>Reads <c>1000</c>, <c>50%</c>, or nothing.</summary>
    /// <exception cref="CommandException">It is none of these.</exception>
    public static SnapshotMomentChoice Parse(string file, string? moment, int? process) => new(file, moment, process);

    /// <summary>The choice in a recording.</summary>
    /// <exception cref="CommandException">The recording has not so many events.</exception>
    public ReplaySnapshot In(ReplayScript script)
    {
        int? events = _percent is { } percent ? Math.Max(1, (int)(script.EventCount * percent / MostPercent)) : _events;
        return events is null || events <= script.EventCount
            ? new ReplaySnapshot(_file) { AfterEvents = events, ProcessId = _process }
            : throw Wrong(string.Create(CultureInfo.InvariantCulture, $"at most {script.EventCount}, the events of the recording"));
    }

    /// <summary>Replays, and says in one line what is in the way of the snapshot.</summary>
    /// <exception cref="CommandException">There is nothing to be saved at that moment, or the file cannot be written.</exception>
    public static T Guard<T>(ReplaySnapshot? snapshot, Func<T> replay)
    {
        try
        {
            return snapshot is null ? replay() : OutputFile.Guard(snapshot.Path, replay);
        }
        catch (ReplaySnapshotException problem)
        {
            throw new CommandException(ExitCode.WrongUse, $"--snapshot {snapshot!.Path}: {problem.Message}", problem);
        }
    }

    private CommandException Wrong(string expected) => new(ExitCode.WrongUse, $"--snapshot-at {_text}: expected {expected}");
}
